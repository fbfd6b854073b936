/** What the text of a post speaks of, as it was found when the post was published or edited. Nobody parses the text again. */
import type { PersonId } from '../shared/ids.ts';
import type { TextRange } from '../shared/text/text-range.ts';

export type LinkEntity = TextRange & { readonly url: string };
/** `person` had the login name that stands there. */
export type MentionEntity = TextRange & { readonly person: PersonId };
/** As `hashtagOf` spells it. */
export type HashtagEntity = TextRange & { readonly tag: string };

/** Each in the order of the text; none overlap. Absent where there are none. */
export type PostEntities = {
  readonly links?: readonly LinkEntity[];
  readonly mentions?: readonly MentionEntity[];
  readonly hashtags?: readonly HashtagEntity[];
};

export const LINKS_MAX = 20;
export const MENTIONED_MAX = 20;
export const HASHTAGS_MAX = 30;
export const HASHTAG_CHARACTERS_MAX = 100;

/**
 * The one spelling of a hashtag, without the `#`: compatibility forms are one (NFKC), and letter case doesn't matter. Upper case first,
 * for some letters meet only there: `ß` and `SS`.
 */
export const hashtagOf = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');

/** What a post is found under: a person whom it mentions, or a hashtag. Each once, however often the text has it. */
export type PostTerm = { readonly person: PersonId } | { readonly tag: string };

/** People first: a post that not everybody may read is found under them alone. */
export const termsOf = ({ hashtags = [], mentions = [] }: PostEntities): readonly PostTerm[] => [
  ...new Set(mentions.map(({ person }) => person)).values().map((person) => ({ person })),
  ...new Set(hashtags.map(({ tag }) => tag)).values().map((tag) => ({ tag })),
];

/** The fields of an event that say what its text speaks of. */
export function entityFields(
  entities: PostEntities | undefined,
  { isPublic }: { readonly isPublic: boolean },
): { readonly entities?: PostEntities; readonly terms?: number } {
  if (entities === undefined) return {};
  const terms = termsOf(entities).filter((term) => isPublic || 'person' in term).length;
  return { entities, ...(terms > 0 && { terms }) };
}
