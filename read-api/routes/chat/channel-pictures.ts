/** The bytes of the pictures of groups. */
import { z } from 'zod';
import { VARIANTS } from '../../../domain/media/media-facts.ts';
import { channelId, personId } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { answerMedia, ofBytes } from '../../media/answer-media.ts';
import { TAG_CHARACTERS, tagOf } from '../../media/media-urls.ts';
import { refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';

/** Kept by who asked, and no longer than its address is good. */
const PRIVATE = 'private, max-age=600';

export const channelPictureRoutes = ({ views, media, mediaUrls, limits, logFacts }: ReadDependencies): readonly Route[] => [
  route({
    callers: ['person', 'public'],
    tag: 'Channels',
    limits: [{ limit: limits.media, by: 'address' }],
    method: 'get',
    path: '/v1/channels/:channel/picture/:tag',
    operationId: 'getChannelPicture',
    summary: 'Get the picture of a group',
    description:
      'Channels have these addresses, signed for one reader and good for an hour; with your token you may ask without a signature. Either way you must be a member. Ranges are answered.',
    params: z.strictObject({
      channel: channelId,
      tag: z
        .string()
        .max(TAG_CHARACTERS)
        .meta({ description: 'Of which picture, from the channel.', examples: ['q83vEjRWeJAq83vEjRWeJA'] }),
    }),
    query: z.strictObject({
      variant: z
        .enum(VARIANTS)
        .optional()
        .meta({ description: 'In which size: all of it, if it is absent.', examples: ['small'] }),
      for: personId.optional().meta({ description: 'Whose address it is.' }),
      until: z.coerce.number().int().positive().optional().meta({ description: 'Until when it is good, in seconds since 1970.' }),
      signature: z.string().max(100).optional().meta({ description: 'What makes the address good.' }),
    }),
    ...ofBytes,
    refusals: ['channel-unknown', 'views-not-ready', 'views-damaged', 'store-unavailable'],
    handle: async ({ caller, params: address, query: { variant: size = 'full', for: reader, until = 0, signature = '' }, headers }) => {
      const signedFor = reader !== undefined && mediaUrls.isGood(address, { for: reader, until, signature }) ? reader : undefined;
      const person = caller.kind === 'person' ? caller.person : signedFor;
      const { channel, tag } = address;
      const picture =
        person === undefined
          ? undefined
          : await readAsMember(logFacts, { person, channel }, async () => (await views.get('channels', channel))?.picture ?? undefined);
      const variant = picture?.variants.find(({ name, object }) => name === size && tagOf(object) === tag);
      if (picture === undefined || variant === undefined) return refused('channel-unknown');
      return answerMedia(media, { of: picture, variant, cacheControl: PRIVATE }, headers);
    },
  }),
];
