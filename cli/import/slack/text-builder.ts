/** Puts a text together with what its parts are. Places are counted in characters, as every client counts them. */
import { LINK_LENGTH_MAX_CHARACTERS, MESSAGE_ENTITIES_MAX, refusalOfEntities, type MessageEntity } from '../../../domain/chat/content/message-entities.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { charactersIn } from '../../../domain/shared/text/text.ts';

/** Of all links together, the room that a message has for them. */
const LINKS_CHARACTERS_MAX = 8 * LINK_LENGTH_MAX_CHARACTERS;

export type BuiltText = {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly mentions: readonly PersonId[];
  /** It has more parts than a message may tell of: the rest is text. */
  readonly isCut: boolean;
};

export type Style = Exclude<MessageEntity['kind'], 'pre' | 'link' | 'mention'>;

export type TextBuilder = {
  add(text: string): void;
  /** Whatever `inner` adds is of this style. */
  styled(style: Style, inner: () => void): void;
  pre(text: string): void;
  /** One that leads nowhere is the text alone. */
  link(url: string, label: string): void;
  /** `person`: undefined for somebody who isn't here. */
  mention(name: string, person: PersonId | undefined): void;
  /** Whether nothing was added yet, or a line has just ended. */
  readonly isAtLineStart: () => boolean;
  built(): BuiltText;
};

export function createTextBuilder(): TextBuilder {
  let text = '';
  let length = 0;
  let linksLength = 0;
  let isCut = false;
  const entities: MessageEntity[] = [];
  const mentions: PersonId[] = [];

  const add = (part: string): void => {
    // Half a surrogate pair becomes a character of its own, as everybody shows it.
    text += part.toWellFormed();
    length += charactersIn(part);
  };
  /** Before those that lie in it. */
  const keep = (entity: MessageEntity, at = entities.length): void => {
    if (entity.from === entity.to) return;
    if (entities.length === MESSAGE_ENTITIES_MAX) isCut = true;
    else entities.splice(at, 0, entity);
  };

  return {
    add,
    styled: (kind, inner) => {
      const [from, at] = [length, entities.length];
      inner();
      keep({ kind, from, to: length }, at);
    },
    pre: (part) => {
      const from = length;
      add(part);
      keep({ kind: 'pre', from, to: length });
    },
    link: (url, label) => {
      const from = length;
      add(label);
      const entity: MessageEntity = { kind: 'link', url, from: 0, to: Math.max(1, length - from) };
      if (refusalOfEntities([entity], label === '' ? 'x' : label) !== undefined) return;
      linksLength += url.length;
      if (linksLength > LINKS_CHARACTERS_MAX) isCut = true;
      else keep({ ...entity, from, to: length });
    },
    mention: (name, person) => {
      const from = length;
      add(`@${name}`);
      if (person === undefined) return;
      mentions.push(person);
      keep({ kind: 'mention', person, from, to: length });
    },
    isAtLineStart: () => text === '' || text.endsWith('\n'),
    built: () => ({ ...trimmed(text, entities), mentions, isCut }),
  };
}

/** Without the space around it: its parts stay where they were in it. */
function trimmed(text: string, entities: readonly MessageEntity[]): Pick<BuiltText, 'text' | 'entities'> {
  const withoutEnd = text.trimEnd();
  const kept = withoutEnd.trimStart();
  const before = charactersIn(withoutEnd.slice(0, withoutEnd.length - kept.length));
  const length = charactersIn(kept);
  const moved = entities
    .map((entity) => ({ ...entity, from: Math.max(0, entity.from - before), to: Math.min(length, entity.to - before) }))
    .filter(({ from, to }) => from < to);
  return { text: kept, entities: moved };
}
