/** Media as a decision needs to see it that refers to them: from the log, as everything that is decided on. */
import type { Attachment, AttachmentTarget } from '../../domain/media/attachments.ts';
import { media } from '../../domain/media/media.ts';
import type { MediaFacts } from '../../domain/media/media-facts.ts';
import type { Personal } from '../../domain/shared/event.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { StreamRevision } from '../handling/handle.ts';
import { readDecoded, type LogReader } from '../handling/load-stream.ts';

export type LoadedMedia<One extends Attachment = Attachment> = {
  readonly attachments: readonly (One & AttachmentTarget)[];
  readonly readRevisions: readonly StreamRevision[];
};

/** In the order in which they are named. Whether the actor may refer to them is `refusalOfAttachments`' to say. */
export async function loadMedia<One extends Attachment>(dependencies: Uses<'log' | 'codec'>, attachments: readonly One[]): Promise<LoadedMedia<One>> {
  const loaded = await Promise.all(
    attachments.map(async (attachment) => {
      const { state, ...revision } = await dependencies.loadState(media, mediaStream(attachment.media));
      const facts = state.status === 'ready' ? await factsOf(dependencies, attachment.media) : undefined;
      return { attachment: { ...attachment, state, ...(facts !== undefined && { facts }) }, revision };
    }),
  );
  return { attachments: loaded.map(({ attachment }) => attachment), readRevisions: loaded.map(({ revision }) => revision) };
}

/** How many events there are at most up to the one that has the facts: the end of the upload comes before it. */
const EVENTS_TO_READY = 2;

/** Read from the event and not kept in the state: they are personal, and a state may be kept as a snapshot. */
async function factsOf(reader: LogReader, id: MediaId): Promise<Personal<MediaFacts> | undefined> {
  for await (const events of readDecoded(reader, mediaStream(id), { limit: EVENTS_TO_READY })) {
    for (const event of events) if (event.type === 'media.ready.v1') return event.data.facts;
  }
  return undefined;
}

/** An upload of which all bytes had arrived once, whatever became of it since. */
export const findEndedUpload =
  (reader: Uses<'log' | 'codec'>) =>
  async ({ media: id }: { readonly media: MediaId }): Promise<{ readonly owner: PersonId; readonly bytes: number } | undefined> => {
    for await (const events of readDecoded(reader, mediaStream(id), { limit: 1 })) {
      for (const event of events) if (event.type === 'media.uploaded.v1') return event.data;
    }
    return undefined;
  };
