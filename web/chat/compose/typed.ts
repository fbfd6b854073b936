/** The way back: what somebody would have typed for a message, to edit it. */
import { wordsOf, type Entity, type Mentioned, type Words } from './markup.ts';

const MARKERS: Readonly<Record<string, string>> = { bold: '**', italic: '_', underline: '++', strikethrough: '~~', spoiler: '||', code: '`' };

export function typedOf({ text, entities }: Words): { readonly typed: string; readonly mentioned: readonly Mentioned[] } {
  const characters = Array.from(text);
  const mentioned = entities.flatMap((entity) =>
    entity.kind === 'mention' ? [{ name: characters.slice(entity.from + 1, entity.to).join(''), person: entity.person }] : [],
  );
  const plain = typedWith(characters, entities, (character) => character);
  const isSame = isSameAs(wordsOf(plain, mentioned), { text, entities });
  // What looks like a marker and was none is kept by backslashes, where there is such.
  const typed = isSame ? plain : typedWith(characters, entities, (character) => (/[\\*_+~|`[\]@]/.test(character) ? `\\${character}` : character));
  return { typed, mentioned };
}

function typedWith(characters: readonly string[], entities: readonly Entity[], plain: (character: string) => string): string {
  const inOrder = entities.toSorted((one, other) => one.from - other.from || other.to - one.to);
  let typed = '';
  for (let at = 0; at <= characters.length; at++) {
    for (const entity of inOrder.toReversed()) if (entity.to === at) typed += endOf(entity, characters);
    for (const entity of inOrder) if (entity.from === at) typed += beginningOf(entity, characters);
    const character = characters[at];
    if (character === undefined) break;
    const isAsItIs =
      entities.some(({ kind, from, to }) => from <= at && at < to && (kind === 'code' || kind === 'pre' || kind === 'mention')) ||
      isInAddress(entities, characters, at);
    typed += isAsItIs ? character : plain(character);
    if (character === '\n' && entities.some(({ kind, from, to }) => kind === 'quote' && from <= at && at + 1 < to)) typed += '> ';
  }
  return typed;
}

const isAddress = (entity: Entity, characters: readonly string[]): boolean =>
  entity.kind === 'link' && characters.slice(entity.from, entity.to).join('') === entity.url;
const isInAddress = (entities: readonly Entity[], characters: readonly string[], at: number): boolean =>
  entities.some((entity) => entity.from <= at && at < entity.to && isAddress(entity, characters));

function beginningOf(entity: Entity, characters: readonly string[]): string {
  if (entity.kind === 'pre') return `\`\`\`${entity.language ?? ''}\n`;
  if (entity.kind === 'quote') return '> ';
  if (entity.kind === 'link') return isAddress(entity, characters) ? '' : '[';
  return MARKERS[entity.kind] ?? '';
}

function endOf(entity: Entity, characters: readonly string[]): string {
  if (entity.kind === 'pre') return '\n```';
  if (entity.kind === 'link') return isAddress(entity, characters) ? '' : `](${entity.url})`;
  return MARKERS[entity.kind] ?? '';
}

const isSameAs = (one: Words, other: Words): boolean =>
  one.text === other.text && JSON.stringify(factsOf(one.entities)) === JSON.stringify(factsOf(other.entities));

const factsOf = (entities: readonly Entity[]) =>
  entities
    .map((entity) => [
      entity.from,
      -entity.to,
      entity.kind,
      'url' in entity ? entity.url : '',
      'person' in entity ? entity.person : '',
      'language' in entity ? (entity.language ?? '') : '',
    ])
    .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
