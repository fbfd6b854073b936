/** The bytes of a message's pictures, videos, recordings and files. */
import { z } from 'zod';
import { ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import { VARIANTS } from '../../../domain/media/media-facts.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { channelId, personId, seqInText } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import { messageAsOf, messageId, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { answerMedia, ofBytes } from '../../media/answer-media.ts';
import type { MessageMediaAddress } from '../../media/media-urls.ts';
import { refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';

/** Kept by who asked, and no longer than its address is good. */
const PRIVATE = 'private, max-age=600';

const params = z.strictObject({
  channel: channelId,
  message: seqInText('The `seq` of the message.'),
  place: z
    .union([
      z.literal('preview'),
      z.coerce
        .number()
        .int()
        .min(0)
        .max(ATTACHMENTS_MAX - 1),
    ])
    .meta({ description: 'Which of its pictures and files, from 0; or `preview`, the picture of the page that its first link leads to.', examples: [0] }),
});
const query = z.strictObject({
  variant: z
    .enum(VARIANTS)
    .optional()
    .meta({ description: 'In which size: all of it, if it is absent, or a smaller picture where there is one.', examples: ['small'] }),
  for: personId.optional().meta({ description: 'Whose address it is.' }),
  until: z.coerce.number().int().positive().optional().meta({ description: 'Until when it is good, in seconds since 1970.' }),
  signature: z.string().max(100).optional().meta({ description: 'What makes the address good.' }),
});

export function messageMediaRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, media, mediaUrls, limits, logFacts, clock } = dependencies;

  /** Membership is asked of the log, each time: an address is no longer good than its reader is a member. */
  const readable = ({ channel, message }: MessageMediaAddress, person: PersonId): Promise<MessageDocument | undefined> =>
    readAsMember(logFacts, { person, channel }, async (from) => {
      const found = message < from ? undefined : await views.get('messages', messageId(channel, message));
      return found === undefined ? undefined : messageAsOf(found, clock());
    });

  return [
    route({
      callers: ['person', 'public'],
      tag: 'Messages',
      limits: [{ limit: limits.media, by: 'address' }],
      method: 'get',
      path: '/v1/channels/:channel/messages/:message/media/:place',
      operationId: 'getMessageMedia',
      summary: 'Get a picture or a file of a message',
      description:
        'Messages have these addresses, signed for one reader and good for an hour; with your token you may ask without a signature. Either way you must be a member of the channel. Videos, recordings and files are offered to be saved. Ranges are answered.',
      params,
      query,
      ...ofBytes,
      refusals: ['message-unknown', 'views-not-ready', 'views-damaged', 'store-unavailable'],
      handle: async ({ caller, params: address, query: { variant: size = 'full', for: reader, until = 0, signature = '' }, headers }) => {
        const signedFor = reader !== undefined && mediaUrls.isGood(address, { for: reader, until, signature }) ? reader : undefined;
        const person = caller.kind === 'person' ? caller.person : signedFor;
        const message = person === undefined ? undefined : await readable(address, person);
        const one = address.place === 'preview' ? message?.preview?.image : message?.media?.[address.place];
        const variant = one?.variants.find(({ name }) => name === size);
        if (one === undefined || variant === undefined) return refused('message-unknown');
        return answerMedia(media, { of: one, variant, cacheControl: PRIVATE }, headers);
      },
    }),
  ];
}
