import type { JsonObject, Path } from '../krm/result.ts';
import type { SecretReference } from './secret-reference.ts';

/** One provider under `spec.providers.<api>`, written as one object or as an entry of a list. */
export interface Provider {
  /** The API in the server's spelling, whatever the CR's: `vectorIo` → `vector_io`. */
  readonly api: string;
  readonly id?: string;
  /** The provider type as written: `vllm`, `remote::vllm`; a hole when it is missing or invalid. */
  readonly provider?: string;
  readonly endpoint?: string;
  readonly apiKey?: SecretReference;
  /** `secretRefs`, with the further keys and top-level `settings` that are secret references, by config field. */
  readonly secretRefs: Readonly<Record<string, SecretReference>>;
  /** `settings` as written, less the entries that count as `secretRefs`. */
  readonly settings: JsonObject;
  /** Whether it is the only provider of its API in this CR, so that it needs no `id`. */
  readonly alone: boolean;
  /** `spec.providers.inference` or `spec.providers.inference[1]`. */
  readonly at: Path;
}
