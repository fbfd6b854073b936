/** Sends the pictures and videos of a post before the post itself, one by one and piece by piece, from where an earlier import left off. */
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { IMPORTED_PIECE_BYTES } from '../../../app/control/imports/protocol.ts';
import type { OperationRequest } from '../../../app/control/protocol.ts';
import type { ControlClient } from '../../control-client.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import type { Report } from '../report.ts';
import type { ArchivedMedia } from './activity.ts';
import type { Archive } from './archive.ts';

/** Of one picture or video, which is held in memory while it is sent. */
const MEDIA_BYTES_MAX = 100 * 1_024 * 1_024;

type Sending = { readonly client: ControlClient; readonly archive: Archive; readonly person: PersonId; readonly source: string; readonly report: Report };
type PostMedia = NonNullable<OperationRequest<'import-posts'>['posts'][number]['media']>;

/** Those that the post can have. What is not there, or refused, is reported. */
export async function sendMedia(sending: Sending, post: string, media: readonly ArchivedMedia[]): Promise<PostMedia> {
  const { archive, report } = sending;
  const sent: PostMedia = [];
  for (const { path, alt } of media) {
    if (sent.length === ATTACHMENTS_MAX) {
      await report.without(post, 'too-many-pictures');
      break;
    }
    if (sent.some(({ key }) => key === path)) continue;
    const bytes = await archive.media(path, MEDIA_BYTES_MAX);
    if (bytes === undefined || bytes === 'too-large' || bytes.length === 0) await report.without(post, bytes === 'too-large' ? 'too-large' : 'no-file');
    else {
      const refused = await send(sending, path, bytes);
      if (refused === undefined) sent.push({ key: path, ...(alt !== '' && { alt: cut(alt) }) });
      else await report.withoutFor(post, refused);
    }
  }
  return sent;
}

/** Why it was refused; undefined where it is ready. */
async function send(
  { client, person, source }: Sending,
  key: string,
  bytes: Uint8Array,
): Promise<{ readonly code: string; readonly says: string } | undefined> {
  for (let offset = 0; ;) {
    const piece = Buffer.from(bytes.subarray(offset, offset + IMPORTED_PIECE_BYTES)).toString('base64');
    const [line] = await Array.fromAsync(client.call('import-media', { person, source, key, bytes: bytes.length, offset, piece }));
    if (line === undefined) throw new CliFailure(EXIT.failed, 'The process has not answered what became of a picture.');
    if (line.outcome === 'refused') return line;
    if (line.outcome === 'ready') return undefined;
    offset = line.offset;
  }
}

const cut = (alt: string): string => Array.from(alt).slice(0, ALT_LENGTH_MAX_CHARACTERS).join('');
