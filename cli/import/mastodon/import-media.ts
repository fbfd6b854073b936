/** Sends the pictures and videos of a post before the post itself, one by one and piece by piece, from where an earlier import left off. */
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { OperationRequest } from '../../../app/control/protocol.ts';
import type { ControlClient } from '../../control-client.ts';
import type { Report } from '../report.ts';
import { MEDIA_BYTES_MAX, sendMedium } from '../send-medium.ts';
import type { ArchivedMedia } from './activity.ts';
import type { Archive } from './archive.ts';

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
      const refused = await sendMedium(sending, path, bytes);
      if (refused === undefined) sent.push({ key: path, ...(alt !== '' && { alt: cut(alt) }) });
      else await report.withoutFor(post, refused);
    }
  }
  return sent;
}

const cut = (alt: string): string => Array.from(alt).slice(0, ALT_LENGTH_MAX_CHARACTERS).join('');
