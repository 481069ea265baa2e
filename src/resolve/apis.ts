import type { Path, Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { Release } from '../releases/release.ts';

/** This release's name of an API, whichever release's name was written: `agents` → `responses` at 0.7. */
export function toApi(written: string, release: Release): string {
  return release.apis.includes(written) ? written : (release.renamedApis[written] ?? written);
}

/** The APIs of a release that have providers: `inference`, `safety`, `vector_io` … */
export function providerApis(release: Release): readonly string[] {
  return Object.keys(release.providers);
}

/** Reports an API that no provider of this release can serve; `written` is the CR's spelling. */
export function reportUnknownApi(written: string, at: Path, release: Release, report: Report): void {
  const known = [...providerApis(release)].sort();
  const near = nearest(written, known);
  report.error(
    at,
    `The server ${release.version} has no API "${written}"` +
      didYouMean(near) +
      `; must be one of: ${known.join(', ')}`,
    { currentValue: written, proposedValue: near },
  );
}
