/** What a client says of an upload by the `Upload-Metadata` of tus: names, each with a value in base64. All but these two are read by nobody. */
import type { MediaPurpose } from '../../domain/media/media-facts.ts';

export const UPLOAD_METADATA_LENGTH_MAX = 2_000;

const TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/;
const TYPE_UNKNOWN = 'application/octet-stream';

/** Undefined: a picture or a video, as its bytes say. */
export function purposeIn(metadata: string | undefined): MediaPurpose | undefined {
  const values = new Map(
    (metadata ?? '').split(',').map((pair) => {
      const [name = '', value = ''] = pair.trim().split(' ');
      return [name, Buffer.from(value, 'base64').toString()];
    }),
  );
  switch (values.get('as')) {
    case 'audio':
      return { kind: 'audio' };
    case 'file': {
      const type = (values.get('filetype') ?? '').toLowerCase();
      return { kind: 'file', type: TYPE.test(type) ? type : TYPE_UNKNOWN };
    }
    case undefined:
    default:
      return undefined;
  }
}
