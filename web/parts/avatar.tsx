/** A person's picture; in place of one, and until it is there, initials on a colour that follows from the id. */
import { useState } from 'preact/hooks';

type Named = { readonly id: string; readonly name: string | null; /** The address of a small one. */ readonly picture?: string | undefined };

const HUES = 12;

export function Avatar({ person, size = 'normal' }: { readonly person: Named; readonly size?: 'normal' | 'large' }) {
  const hue = Array.from(person.id).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 997, 7) % HUES;
  const [lost, setLost] = useState<string | undefined>(undefined); // it may have been changed since
  const { picture } = person;
  return (
    <span class={`avatar avatar-${size} hue-${hue}`} aria-hidden="true">
      {initialsOf(person.name)}
      {picture !== undefined && picture !== lost && <img src={picture} alt="" loading="lazy" decoding="async" onError={() => setLost(picture)} />}
    </span>
  );
}

/** Two words have two; one has its first character, which in Hangul, Han and emoji says enough. */
function initialsOf(name: string | null): string {
  const words = (name ?? '?').trim().split(/\s+/u);
  const firsts = (words.length > 1 ? [words[0], words.at(-1)] : [words[0]]).map((word) => [...new Intl.Segmenter().segment(word ?? '')][0]?.segment ?? '');
  return firsts.join('').toUpperCase();
}
