/** The registry client, loaded by the command that needs it alone: it is a bundle of its own. */
export { readLabels, type Labelled } from './base-config.ts';
export { BlobCache } from './blob-cache.ts';
export { credentialsIn, type CredentialSource } from './credentials.ts';
export { dockerConfig } from './docker-config.ts';
export { RegistryFailure } from './failure.ts';
export { Http } from './http.ts';
export { ImageReader, type ReadImage } from './image-reader.ts';
export { defaultLimits } from './limits.ts';
export { readProviderSpec } from './provider-spec.ts';
