/** A message that was found, as it stands among others: a click shows it in its place. */
import type { Message } from '../../../client/index.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Name } from '../../parts/name.tsx';
import { excerptOf } from '../history/replied-to.tsx';
import { personOf } from '../names.ts';
import { momentText } from '../times.ts';

type HitProps = { readonly message: Message; readonly channelTitle?: string | undefined; readonly words?: readonly string[]; readonly onOpen: () => void };

export function Hit({ message, channelTitle, words = [], onOpen }: HitProps) {
  const person = personOf(message.sender);
  return (
    <button type="button" class="hit" onClick={onOpen}>
      <Avatar person={person} />
      <span class="hit-head">
        <Name of={person.name} />
        {channelTitle !== undefined && (
          <span class="hint">
            {' '}
            · <bdi>{channelTitle}</bdi>
          </span>
        )}
      </span>
      <time class="when" dateTime={message.at}>
        {momentText(message.at)}
      </time>
      <span class="hit-words" dir="auto">
        {marked(around(excerptOf(message), words), words)}
      </span>
    </button>
  );
}

const BEFORE_CHARACTERS = 60;

/** Long texts are cut, so that what was found is in sight. */
function around(text: string, words: readonly string[]): string {
  const at = Math.min(...words.map((word) => text.toLocaleLowerCase().indexOf(word)).filter((place) => place >= 0), Infinity);
  return at === Infinity || at < BEFORE_CHARACTERS * 2 ? text : `…${text.slice(at - BEFORE_CHARACTERS).trimStart()}`;
}

function marked(text: string, words: readonly string[]) {
  const found = words.filter((word) => word !== '').map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  if (found.length === 0) return text;
  const parts = text.split(new RegExp(`(${found.join('|')})`, 'giu'));
  return parts.map((part, n) => (n % 2 === 1 ? <mark key={n}>{part}</mark> : part));
}

/** Those of a search, without its quotation marks. */
export const wordsOfSearch = (q: string): readonly string[] =>
  Array.from(q.matchAll(/"([^"]+)"|(\S+)/g), ([, phrase, word]) => (phrase ?? word ?? '').toLocaleLowerCase().trim()).filter((word) => word !== '');
