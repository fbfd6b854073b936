/** A message's text with what its parts are: never as HTML, and with where a link leads. Places are counted in code points. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import type { Entity } from '../compose/markup.ts';

type Node = { readonly entity: Entity; readonly inner: Node[] };

export function MessageText({ text, entities }: { readonly text: string; readonly entities: readonly Entity[] }) {
  const characters = Array.from(text);
  return (
    <div class={isEmojiOnly(text) ? 'text emoji-only' : 'text'} dir="auto">
      {shown(characters, treeOf(entities), 0, characters.length)}
    </div>
  );
}

/** One that lies in another one is its child; the server refuses those that cross. */
function treeOf(entities: readonly Entity[]): readonly Node[] {
  const roots: Node[] = [];
  const around: Node[] = [];
  for (const entity of entities.toSorted((one, other) => one.from - other.from || other.to - one.to)) {
    while ((around.at(-1)?.entity.to ?? Infinity) <= entity.from) around.pop();
    const node: Node = { entity, inner: [] };
    const outer = around.at(-1);
    if (outer !== undefined && outer.entity.to < entity.to) continue;
    (outer?.inner ?? roots).push(node);
    around.push(node);
  }
  return roots;
}

function shown(characters: readonly string[], nodes: readonly Node[], from: number, to: number): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = from;
  for (const { entity, inner } of nodes) {
    parts.push(characters.slice(at, entity.from).join(''), partOf(entity, shown(characters, inner, entity.from, entity.to)));
    at = entity.to;
    // A block ends its line itself.
    if ((entity.kind === 'quote' || entity.kind === 'pre') && characters[at] === '\n') parts.push(<span class="line-end">{characters[at++]}</span>);
  }
  parts.push(characters.slice(at, to).join(''));
  return parts;
}

const WEB_ADDRESS = /^(?:https?:\/\/|mailto:)/i;

function partOf(entity: Entity, content: ComponentChildren): ComponentChildren {
  switch (entity.kind) {
    case 'bold':
      return <strong>{content}</strong>;
    case 'italic':
      return <em>{content}</em>;
    case 'underline':
      return <u>{content}</u>;
    case 'strikethrough':
      return <s>{content}</s>;
    case 'code':
      return <code>{content}</code>;
    case 'quote':
      return <blockquote>{content}</blockquote>;
    case 'spoiler':
      return <Spoiler>{content}</Spoiler>;
    case 'pre':
      return <pre tabIndex={0}>{content}</pre>;
    case 'mention':
      return (
        <a href={`/people/${entity.person}`} class={entity.person === session.value?.person ? 'mention own-mention' : 'mention'}>
          {content}
        </a>
      );
    case 'link':
      return WEB_ADDRESS.test(entity.url) ? (
        <a href={entity.url} title={entity.url} rel="noopener noreferrer nofollow" target="_blank">
          {content}
        </a>
      ) : (
        content
      );
  }
}

/** Covered until it is asked for. */
function Spoiler({ children }: { readonly children: ComponentChildren }) {
  const isOpen = useSignal(false);
  if (isOpen.value) return <span class="spoiler">{children}</span>;
  return (
    <button type="button" class="spoiler covered" aria-label={t('chat.spoiler')} onClick={() => (isOpen.value = true)}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,4}$/v;
const isEmojiOnly = (text: string): boolean => EMOJI_ONLY.test(text);
