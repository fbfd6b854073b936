/** The bytes of people's pictures. */
import { z } from 'zod';
import { VARIANTS } from '../../domain/media/media-facts.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId } from '../../edge/fields.ts';
import { route, type Route } from '../../edge/http/routes.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { answerMedia, ofBytes } from '../media/answer-media.ts';
import { TAG_CHARACTERS, tagOf } from '../media/media-urls.ts';
import { refused } from '../query.ts';

/** Under an address that names the picture as well. */
const NAMED = `public, max-age=${DAY_MS / SECOND_MS}, immutable`;
/** Whichever picture the person has. */
const WHICHEVER = `public, max-age=${(5 * MINUTE_MS) / SECOND_MS}`;

export const profilePictureRoutes = ({ views, media, limits }: ReadDependencies): readonly Route[] => [
  route({
    callers: ['public'],
    tag: 'People',
    limits: [{ limit: limits.media, by: 'address' }],
    method: 'get',
    path: '/v1/people/:person/picture/:variant',
    operationId: 'getPictureOfPerson',
    summary: 'Get the picture of a person',
    description:
      'Profiles have these addresses, each with the tag of the picture, which may be kept. Without the tag you get the picture of now, in the size that comes nearest: a small picture has no larger ones. Ranges are answered.',
    params: z.strictObject({
      person: personId.meta({ examples: [EXAMPLE.bob] }),
      variant: z.enum(VARIANTS).meta({ description: 'In which size.', examples: ['small'] }),
    }),
    query: z.strictObject({ tag: z.string().max(TAG_CHARACTERS).optional().meta({ description: 'Of which picture, from the profile.' }) }),
    ...ofBytes,
    refusals: ['picture-unknown', 'views-not-ready', 'views-damaged', 'store-unavailable'],
    handle: async ({ params: { person, variant: name }, query: { tag }, headers }) => {
      const picture = (await views.get('profiles', person))?.picture ?? undefined;
      const variant = picture?.variants.find((one) => one.name === name) ?? picture?.variants.find((one) => one.name === 'full');
      if (picture === undefined || variant === undefined) return refused('picture-unknown');
      const isThisOne = tag === tagOf(variant.object);
      if (tag !== undefined && !isThisOne) return refused('picture-unknown');
      return answerMedia(media, { of: picture, variant, cacheControl: isThisOne ? NAMED : WHICHEVER }, headers);
    },
  }),
];
