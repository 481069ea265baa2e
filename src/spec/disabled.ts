import type { Path } from '../krm/result.ts';

/** An entry of `spec.disabled`: an API, in the server's spelling (`vectorIo` → `vector_io`). */
export interface DisabledApi {
  readonly api: string;
  /** As the CR spells it. */
  readonly written: string;
  readonly at: Path;
}
