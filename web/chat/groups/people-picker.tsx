/** Finds people by name, and chooses them. Friends are there before one types. */
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { failureText, session } from '../../app/session.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Name, nameText } from '../../parts/name.tsx';
import { Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import type { Named } from '../names.ts';

const AFTER_MS = 250;
const SHOWN_MAX = 20;

type PeoplePickerProps = { readonly chosen: Signal<readonly Named[]>; readonly without: ReadonlySet<string> };

export function PeoplePicker({ chosen, without }: PeoplePickerProps) {
  const id = useId();
  const text = useSignal('');
  const found = useSignal<readonly Named[]>([]);
  const failure = useSignal<string | undefined>(undefined);
  const asked = useRef(0);
  const q = text.value.trim();
  useEffect(() => {
    const own = ++asked.current;
    const seek = async () => {
      const people = await find(q);
      if (own === asked.current) found.value = people;
    };
    const timer = setTimeout(
      () => {
        failure.value = undefined;
        seek().catch((error: unknown) => (failure.value = failureText(error)));
      },
      q === '' ? 0 : AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [q]);
  const isChosen = (person: Named) => chosen.value.some((one) => one.id === person.id);
  const toggle = (person: Named) => (chosen.value = isChosen(person) ? chosen.value.filter((one) => one.id !== person.id) : [...chosen.value, person]);
  const shown = found.value.filter((person) => !without.has(person.id) && person.id !== session.value?.person).slice(0, SHOWN_MAX);
  return (
    <div class="picker">
      {chosen.value.length > 0 && (
        <ul class="chosen" aria-label={t('chat.chosen')}>
          {chosen.value.map((person) => (
            <li key={person.id}>
              <button type="button" class="quiet" aria-label={t('chat.unchoose', { name: nameText(person.name) })} onClick={() => toggle(person)}>
                <bdi>{person.name}</bdi> <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <label for={id}>{t('chat.findPeople')}</label>
      <input
        id={id}
        type="search"
        autoComplete="off"
        value={text}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      {failure.value !== undefined && <Failure text={failure.value} />}
      <ul class="picker-found">
        {shown.map((person) => (
          <li key={person.id}>
            <label class="choice">
              <input type="checkbox" checked={isChosen(person)} onChange={() => toggle(person)} />
              <Avatar person={person} />
              <Name of={person.name} />
            </label>
          </li>
        ))}
      </ul>
      {q !== '' && shown.length === 0 && <p class="hint">{t('chat.nothingFound')}</p>}
    </div>
  );
}

async function find(q: string): Promise<readonly Named[]> {
  const read = session.value?.tidings.read;
  if (q === '') return (await read?.GET('/v1/me/friends', {}))?.data?.people ?? [];
  return (await read?.GET('/v1/people', { params: { query: { q } } }))?.data?.people ?? [];
}
