/** Names after an @, as one types. Arrow keys choose, Enter and Tab take, Esc leaves. */
import { useSignal, type Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { session } from '../../app/session.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { t } from '../../text/text.ts';
import type { ChannelFacts } from '../open-channel.ts';
import type { Draft } from './drafts.ts';

type Member = ChannelFacts['members'][number];
type Looking = { readonly from: number; readonly found: readonly Member[]; readonly at: number };

const SHOWN_MAX = 6;
/** An @ at the beginning of a word, and what was typed of the name; names may have spaces. */
const BEGUN = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_.' -]{0,40})$/u;

type CompletionParts = {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly facts: ChannelFacts;
  readonly draft: Signal<Draft>;
  readonly onChange: (change: (draft: Draft) => Draft) => void;
};

export function useCompletion({ field, facts, draft, onChange }: CompletionParts) {
  const id = useId();
  const looking = useSignal<Looking | undefined>(undefined);
  const look = () => {
    const caret = field.current?.selectionStart ?? 0;
    const begun = BEGUN.exec((field.current?.value ?? '').slice(0, caret))?.[1];
    const found = begun === undefined ? [] : membersNamed(facts, begun);
    looking.value = begun === undefined || found.length === 0 ? undefined : { from: caret - begun.length - 1, found, at: 0 };
  };
  const take = (member: Member) => {
    const { current } = field;
    const now = looking.value;
    if (now === undefined || current === null || member.name === null) return;
    const name = member.name;
    const after = current.value.slice(current.selectionStart);
    const typed = `${draft.value.typed.slice(0, now.from)}@${name}${after.startsWith(' ') ? '' : ' '}${after}`;
    const mentioned = [...draft.value.mentioned.filter((one) => one.name !== name), { name, person: member.id }];
    looking.value = undefined;
    onChange((before) => ({ ...before, typed, mentioned }));
    const caret = now.from + name.length + 2;
    requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret));
    current.focus();
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    const now = looking.value;
    if (now === undefined) return false;
    const chosen = now.found[now.at];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) looking.value = { ...now, at: (now.at + step + now.found.length) % now.found.length };
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen);
    else if (event.key === 'Escape') looking.value = undefined;
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const now = looking.value;
  const attributes = {
    'aria-autocomplete': 'list' as const,
    'aria-haspopup': 'listbox' as const,
    'aria-controls': id,
    ...(now === undefined ? {} : { 'aria-activedescendant': `${id}-${now.at}` }),
    onBlur: () => void (looking.value = undefined),
  };
  return { id, looking: now, look, take, onKeyDown, attributes };
}

/** By the beginning of any of their words, without letter case. */
function membersNamed({ members }: ChannelFacts, begun: string): readonly Member[] {
  const wanted = begun.trimEnd().toLocaleLowerCase();
  const isIt = (name: string) => name.startsWith(wanted) || name.split(/\s+/u).some((word) => word.startsWith(wanted));
  return members.filter(({ id, name }) => id !== session.value?.person && name !== null && isIt(name.toLocaleLowerCase())).slice(0, SHOWN_MAX);
}

export function Completions({ completion: { id, looking, take } }: { readonly completion: ReturnType<typeof useCompletion> }) {
  return (
    <ul class="completions" role="listbox" id={id} aria-label={t('chat.people')} hidden={looking === undefined}>
      {looking?.found.map((member, n) => (
        <li
          role="option"
          id={`${id}-${n}`}
          key={member.id}
          aria-selected={n === looking.at}
          onPointerDown={(event) => {
            event.preventDefault(); // the field keeps the focus
            take(member);
          }}
        >
          <Avatar person={member} />
          <bdi>{member.name}</bdi>
        </li>
      ))}
    </ul>
  );
}
