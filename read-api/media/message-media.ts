/** Pictures and files of messages as a client gets them by HTTP: as frames tell of them, with an address. */
import { z } from 'zod';
import { entryMediaOf } from '../../domain/chat/content/entry-media.ts';
import type { MessageMedia } from '../../domain/chat/content/message-media.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { toldMedia } from '../../edge/message-content.ts';
import type { MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { MediaUrls } from './media-urls.ts';

export const messageMediaSchema = z
  .object({
    ...toldMedia,
    url: z.string().meta({
      description:
        'Below the address of the read API. It is yours, needs no token, and is good for an hour as long as you may read the message. With `&variant=small` or `medium` it is that of a smaller picture.',
    }),
  })
  .meta({ id: 'MessageMedia' });

export const messagePreviewSchema = z
  .object({
    url: z.string().meta({ description: 'The link.', examples: ['https://example.com/choir'] }),
    title: z.string().meta({ examples: ['The choir'] }),
    description: z.string().nullable(),
    site: z
      .string()
      .nullable()
      .meta({ description: 'The name of where the page is.', examples: ['Music'] }),
    image: messageMediaSchema.nullable(),
  })
  .meta({ id: 'MessagePreview', description: 'What a link leads to, in that page’s own words: show it as text.' });

type MessagePreviewView = z.input<typeof messagePreviewSchema>;

export type MessageMediaView = z.input<typeof messageMediaSchema>;

export const presentMessageMedia = (
  urls: MediaUrls,
  reader: PersonId,
  { channel, seq: message, media }: { readonly channel: ChannelId; readonly seq: number; readonly media?: readonly MessageMedia[] | null },
): readonly MessageMediaView[] => (media ?? []).map((one, place) => viewOf(one, urls.messageUrlFor(reader, { channel, message, place })));

export function presentMessagePreview(
  urls: MediaUrls,
  reader: PersonId,
  { channel, seq: message, preview }: Pick<MessageDocument, 'channel' | 'seq' | 'preview'>,
): MessagePreviewView | null {
  if (preview === undefined || preview === null) return null;
  const { url, title, description = null, site = null, image } = preview;
  const picture = image === undefined ? null : viewOf(image, urls.messageUrlFor(reader, { channel, message, place: 'preview' }));
  return { url, title, description, site, image: picture };
}

function viewOf(one: MessageMedia, url: string): MessageMediaView {
  const { smaller, ...told } = entryMediaOf(one);
  return { ...told, ...(smaller !== undefined && { smaller: [...smaller] }), url };
}
