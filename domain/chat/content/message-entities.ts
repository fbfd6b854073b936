/**
 * What parts of a message's text are: bold, a link, a mention. A client says it beside the text, and the text is shown as it is: there
 * is no markup in it that anybody would have to read, and no HTML of a stranger's.
 */
import { refuse, type Decision } from '../../shared/decider.ts';
import type { PersonId } from '../../shared/ids.ts';
import { charactersIn } from '../../shared/text/text.ts';
import type { TextRange } from '../../shared/text/text-range.ts';

export const MESSAGE_ENTITIES_MAX = 100;
export const LINK_LENGTH_MAX_CHARACTERS = 2_048;
/** Of all links of a message together. */
export const LINKS_LENGTH_MAX_CHARACTERS = 16_384;

export const TEXT_STYLES = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'quote'] as const;
type TextStyle = (typeof TEXT_STYLES)[number];

export type MessageEntity = TextRange &
  (
    | { readonly kind: TextStyle }
    /** Lines of a program. */
    | { readonly kind: 'pre'; readonly language?: string }
    | { readonly kind: 'link'; readonly url: string }
    | { readonly kind: 'mention'; readonly person: PersonId }
  );

/** Places that are not in the text, parts that overlap and don't lie in one another, and links that lead nowhere are refused. */
export function refusalOfEntities(entities: readonly MessageEntity[], text: string): Decision<never> | undefined {
  if (entities.length > MESSAGE_ENTITIES_MAX) return refuse('too-many-entities', { max: MESSAGE_ENTITIES_MAX });
  const characters = charactersIn(text);
  const faulty = entities.findIndex((entity) => !isInText(entity, characters) || !hasGoodContent(entity));
  if (faulty >= 0) return refuse('entity-invalid', { place: faulty });
  const crossing = firstCrossing(entities);
  if (crossing !== undefined) return refuse('entity-invalid', { place: entities.indexOf(crossing) });
  return lengthOfLinks(entities) > LINKS_LENGTH_MAX_CHARACTERS ? refuse('links-too-long', { max: LINKS_LENGTH_MAX_CHARACTERS }) : undefined;
}

/** In the order of the text, what lies around others before them; mentions only of those who are mentioned. */
export const keptEntities = (entities: readonly MessageEntity[], mentioned: readonly PersonId[]): readonly MessageEntity[] =>
  entities.filter((entity) => entity.kind !== 'mention' || mentioned.includes(entity.person)).toSorted(inOrder);

export const mentionedIn = (entities: readonly MessageEntity[]): readonly PersonId[] =>
  entities.flatMap((entity) => (entity.kind === 'mention' ? [entity.person] : []));

const isInText = ({ from, to }: TextRange, characters: number): boolean =>
  Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= characters;

const LANGUAGE = /^[\w+#.-]{1,32}$/;

function hasGoodContent(entity: MessageEntity): boolean {
  switch (entity.kind) {
    case 'pre':
      return entity.language === undefined || LANGUAGE.test(entity.language);
    case 'link':
      return isLink(entity.url);
    case 'mention':
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strikethrough':
    case 'spoiler':
    case 'code':
    case 'quote':
      return true;
  }
}

const LINKED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** What ends a line, and what turns the direction of what is shown behind it. */
const UNSHOWABLE = /[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** An address that a browser opens and that runs nothing. One with a name before its host is refused, and one that is read in another order: they look like another host. */
function isLink(url: string): boolean {
  if (url.length > LINK_LENGTH_MAX_CHARACTERS || !url.isWellFormed() || UNSHOWABLE.test(url)) return false;
  const parsed = URL.parse(url);
  return parsed !== null && LINKED.has(parsed.protocol) && parsed.username === '' && parsed.password === '';
}

/** The longer of two that begin together lies around the other. */
const inOrder = (one: TextRange, other: TextRange): number => one.from - other.from || other.to - one.to;

const holdsNothing = ({ kind }: MessageEntity): boolean => kind === 'code' || kind === 'pre' || kind === 'mention';

/** One that begins within another and ends behind it, is within one that is to hold nothing, or is a link within a link. */
function firstCrossing(entities: readonly MessageEntity[]): MessageEntity | undefined {
  const around: MessageEntity[] = [];
  for (const entity of entities.toSorted(inOrder)) {
    while ((around.at(-1)?.to ?? Infinity) <= entity.from) around.pop();
    const outer = around.at(-1);
    if (outer !== undefined && (entity.to > outer.to || holdsNothing(outer))) return entity;
    if (entity.kind === 'link' && around.some(({ kind }) => kind === 'link')) return entity;
    around.push(entity);
  }
  return undefined;
}

const lengthOfLinks = (entities: readonly MessageEntity[]): number =>
  entities.reduce((sum, entity) => sum + (entity.kind === 'link' ? entity.url.length : 0), 0);
