/** Ctrl+K: goes to a channel, or to a person, by what it is called. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { goTo } from '../../app/routes.ts';
import { failureText, session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';
import { act } from '../acting.ts';
import { ChannelFace, faceOfRow, type Face } from '../channel-face.tsx';
import { titleOfRow } from '../channel-titles.ts';
import { inbox } from '../inbox.ts';
import type { Named } from '../names.ts';

type Choice = {
  readonly key: string;
  readonly name: string;
  readonly face: Face;
  readonly isPerson: boolean;
  readonly hint?: string;
  readonly open: () => void;
};

const CHANNELS_MAX = 8;
const PEOPLE_MAX = 5;
const AFTER_MS = 200;

export function Switcher({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const text = useSignal('');
  const at = useSignal(0);
  const people = useSignal<readonly Named[]>([]);
  const asked = useRef(0);
  const wanted = text.value.trim().toLocaleLowerCase();
  useEffect(() => {
    const own = ++asked.current;
    if (wanted === '') return void (people.value = []);
    const seek = async () => {
      const found = (await session.value?.tidings.read.GET('/v1/people', { params: { query: { q: text.value.trim() } } }))?.data?.people ?? [];
      if (own === asked.current) people.value = found.filter((person) => person.id !== session.value?.person).slice(0, PEOPLE_MAX);
    };
    const timer = setTimeout(() => void seek().catch(failureText), AFTER_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const channels = (inbox.value ?? [])
    .map((row) => ({ row, name: titleOfRow(row) }))
    .filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
    .slice(0, CHANNELS_MAX);
  const shownPeople = new Set(channels.flatMap(({ row }) => (row.kind === 'direct' ? row.with.map((one) => one.id) : [])));
  const choices: readonly Choice[] = [
    ...channels.map(({ row, name }) => ({
      key: row.channel,
      name,
      face: faceOfRow(row),
      isPerson: row.kind === 'direct',
      open: () => goTo(`/chat/${row.channel}`),
    })),
    ...people.value
      .filter((person) => !shownPeople.has(person.id))
      .map((person) => ({
        key: person.id,
        name: person.name ?? '',
        face: person,
        isPerson: true,
        hint: t('chat.newMessage'),
        open: () => void talkTo(person.id),
      })),
  ];
  const choose = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    onClose();
    choice.open();
  };
  const chosen = Math.min(at.value, choices.length - 1);
  return (
    <Dialog title={t('chat.switch')} onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label={t('chat.switchWords')}
        placeholder={t('chat.switchWords')}
        aria-expanded={choices.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        {...(chosen < 0 ? {} : { 'aria-activedescendant': `${id}-${chosen}` })}
        autoComplete="off"
        value={text}
        ref={(field) => {
          if (field !== null && text.peek() === '') field.focus();
        }}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (event.key === 'Enter') choose(choices[chosen]);
          else if (step !== undefined && choices.length > 0) at.value = (chosen + step + choices.length) % choices.length;
          else return;
          event.preventDefault();
        }}
      />
      <ul class="switcher" role="listbox" id={id} aria-label={t('chat.channels')}>
        {choices.map((choice, n) => (
          <li role="option" id={`${id}-${n}`} key={choice.key} aria-selected={n === chosen} onClick={() => choose(choice)}>
            <ChannelFace face={choice.face} isPerson={choice.isPerson} />
            <bdi>{choice.name}</bdi>
            {choice.hint !== undefined && <span class="hint">{choice.hint}</span>}
          </li>
        ))}
      </ul>
      {wanted !== '' && choices.length === 0 && <p class="hint">{t('chat.nothingFound')}</p>}
    </Dialog>
  );
}

async function talkTo(person: string): Promise<void> {
  const opened = await act((write) => write.POST('/v1/channels', { body: { kind: 'direct', members: [person] } }));
  if (opened?.data !== undefined) goTo(`/chat/${opened.data.id}`);
}
