import text035 from './data/0.3.5.json?raw';
import text045 from './data/0.4.5.json?raw';
import text052 from './data/0.5.2.json?raw';
import text061 from './data/0.6.1.json?raw';
import text071 from './data/0.7.1.json?raw';
import text080 from './data/0.8.0.json?raw';
import metaReferenceGpu045 from './data/meta-reference-gpu-0.4.5.json?raw';
import postgresDemo071 from './data/postgres-demo-0.7.1.json?raw';
import rh045 from './data/rh-0.4.5.json?raw';
import rh071 from './data/rh-0.7.1.json?raw';
import starter035 from './data/starter-0.3.5.json?raw';
import starter045 from './data/starter-0.4.5.json?raw';
import starter052 from './data/starter-0.5.2.json?raw';
import starter061 from './data/starter-0.6.1.json?raw';
import starter071 from './data/starter-0.7.1.json?raw';
import starter080 from './data/starter-0.8.0.json?raw';
import starterGpu061 from './data/starter-gpu-0.6.1.json?raw';

/** A distribution by its name and the server release that it is built in for: `starter`, `0.7.1`. */
export interface DistributionKey {
  readonly name: string;
  readonly release: string;
  /** Whether only an image can choose it: its vendor publishes it under names of its own. */
  readonly onlyByImage?: true;
}

/** Release → the JSON text of its data, oldest first; a run parses the one that it needs. */
export const releaseTexts: ReadonlyMap<string, string> = new Map([
  ['0.3.5', text035],
  ['0.4.5', text045],
  ['0.5.2', text052],
  ['0.6.1', text061],
  ['0.7.1', text071],
  ['0.8.0', text080],
]);

/** The built-in distributions and the text of each; the first of a name is what a CR gets that names no release. */
export const distributionTexts: readonly (DistributionKey & { readonly text: string })[] = [
  { name: 'starter', release: '0.7.1', text: starter071 },
  { name: 'starter', release: '0.8.0', text: starter080 },
  { name: 'starter', release: '0.6.1', text: starter061 },
  { name: 'starter', release: '0.5.2', text: starter052 },
  { name: 'starter', release: '0.4.5', text: starter045 },
  { name: 'starter', release: '0.3.5', text: starter035 },
  { name: 'postgres-demo', release: '0.7.1', text: postgresDemo071 },
  { name: 'starter-gpu', release: '0.6.1', text: starterGpu061 },
  { name: 'meta-reference-gpu', release: '0.4.5', text: metaReferenceGpu045 },
  { name: 'rh', release: '0.7.1', onlyByImage: true, text: rh071 },
  { name: 'rh', release: '0.4.5', onlyByImage: true, text: rh045 },
];
