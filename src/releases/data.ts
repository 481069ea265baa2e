/** A distribution by its name and the server release that it is built in for: `starter`, `0.7.1`. */
export interface DistributionKey {
  readonly name: string;
  readonly release: string;
  /** Whether only an image can choose it: its vendor publishes it under names of its own. */
  readonly onlyByImage?: true;
}

/** Every release that there is data of, oldest first. */
export const releases: readonly string[] = ['0.3.5', '0.4.5', '0.5.2', '0.6.1', '0.7.1', '0.8.0'];

/** The built-in distributions; the first of a name is what a CR gets that names no release. */
export const distributions: readonly DistributionKey[] = [
  { name: 'starter', release: '0.7.1' },
  { name: 'starter', release: '0.8.0' },
  { name: 'starter', release: '0.6.1' },
  { name: 'starter', release: '0.5.2' },
  { name: 'starter', release: '0.4.5' },
  { name: 'starter', release: '0.3.5' },
  { name: 'postgres-demo', release: '0.7.1' },
  { name: 'starter-gpu', release: '0.6.1' },
  { name: 'meta-reference-gpu', release: '0.4.5' },
  { name: 'rh', release: '0.7.1', onlyByImage: true },
  { name: 'rh', release: '0.4.5', onlyByImage: true },
];
