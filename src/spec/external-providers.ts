import type { JsonObject, Path } from '../krm/result.ts';

/** An entry of `spec.externalProviders.<api>`: a provider that an image brings as Python wheels. */
export interface ExternalProvider {
  /** The API in the server's spelling. */
  readonly api: string;
  readonly providerId: string;
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly config: JsonObject;
  readonly at: Path;
}
