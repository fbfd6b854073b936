/** Sends the files of a message before the message itself, where the archive has them. */
import { ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import { FILE_NAME_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/content/message-media.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { ControlClient } from '../../control-client.ts';
import type { LeftOutReason } from '../left-out.ts';
import type { Report } from '../report.ts';
import { MEDIA_BYTES_MAX, sendMedium, type Purpose } from '../send-medium.ts';
import type { SlackArchive } from './archive.ts';
import { nameIn } from './cut.ts';
import type { SlackFile } from './message.ts';
import type { WithFiles } from './message-to-import.ts';
import { SOURCE } from './source.ts';

type Sending = { readonly client: ControlClient; readonly archive: Pick<SlackArchive, 'file'>; readonly report: Report; readonly files: boolean };

/** What is not there, or refused, is reported with the message `item`. */
export async function sendFiles(
  sending: Sending,
  { sender, item, files }: { readonly sender: PersonId; readonly item: string; readonly files: readonly SlackFile[] },
): Promise<WithFiles> {
  const media: WithFiles['media'] = [];
  const missing: SlackFile[] = [];
  for (const file of files) {
    if (media.some(({ key }) => key === file.id || key === asFile(file.id))) continue;
    const reason = media.length === ATTACHMENTS_MAX ? 'too-many-files' : await send(sending, sender, file);
    if (typeof reason === 'object' && 'key' in reason) media.push({ key: reason.key, name: fileNameOf(file) });
    else {
      if (reason !== 'linked') await (typeof reason === 'string' ? sending.report.without(item, reason) : sending.report.withoutFor(item, reason));
      if (reason !== 'file-deleted') missing.push(file);
    }
  }
  return { media, missing };
}

async function send(
  { client, archive, files }: Sending,
  person: PersonId,
  { id, type, mode, url }: SlackFile,
): Promise<{ readonly key: string } | 'linked' | LeftOutReason | { readonly code: string; readonly says: string }> {
  if (mode === 'tombstone') return 'file-deleted';
  // A document of another system, which is where it was.
  if (mode === 'external' && url !== undefined) return 'linked';
  if (!files) return 'no-files';
  const bytes = await archive.file(id, MEDIA_BYTES_MAX);
  if (bytes === undefined || bytes === 'too-large' || bytes.length === 0) return bytes === 'too-large' ? 'too-large' : 'file-elsewhere';
  const purpose = purposeOf(type);
  const sending = { client, person, source: SOURCE };
  const refused = await sendMedium({ ...sending, purpose }, id, bytes);
  if (refused === undefined) return { key: id };
  if (purpose?.kind === 'file') return refused;
  // What can't be shown can be downloaded.
  return (await sendMedium({ ...sending, purpose: fileOf(type) }, asFile(id), bytes)) ?? { key: asFile(id) };
}

/** In stored ids, and never changed. */
const asFile = (id: string): string => `${id}/file`;

/** Pictures and videos are what their bytes say. */
function purposeOf(type = ''): Purpose | undefined {
  if (type.startsWith('audio/')) return { kind: 'audio' };
  return /^(image|video)\//.test(type) ? undefined : fileOf(type);
}

const TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/;
const fileOf = (type = ''): Purpose => ({ kind: 'file', type: TYPE.test(type) ? type : 'application/octet-stream' });

/** On one line, and no longer than a name may be. */
const fileNameOf = ({ name, id }: SlackFile): string => nameIn(name, FILE_NAME_LENGTH_MAX_CHARACTERS) || id;
