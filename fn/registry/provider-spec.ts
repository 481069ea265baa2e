import { refusal, textOf } from './base-config.ts';
import type { ReadImage } from './image-reader.ts';

/** Where the image of an external provider says what it is. */
const place = '/lls-provider/lls-provider-spec.yaml';

/** The file that tells what an external provider is; an image without it is none. */
export async function readProviderSpec(image: ReadImage, reference: string): Promise<string> {
  const found = await image.file(place);
  if ('content' in found) return textOf(found.content, 'lls-provider-spec.yaml', reference);
  throw refusal(reference, `${found.missing}, by which an external provider says what it is`);
}
