/** The preference page as the server has it, and changing it: shown at once, and undone where it is refused. */
import { useSignal, type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { components } from '../../../client/http/generated/read-api.ts';
import type { paths } from '../../../client/http/generated/write-api.ts';
import { session } from '../../app/session.ts';
import type { Action } from '../action.ts';
import { useRead } from '../read-list.ts';

export type PreferencePage = components['schemas']['PreferencePage'];
export type Row = components['schemas']['PreferenceRow'];
export type Rule = NonNullable<Row['digest']>;
export type Changes = paths['/v1/me/preferences']['put']['requestBody']['content']['application/json'];

export type Preferences = {
  readonly page: Signal<PreferencePage | undefined>;
  readonly failure: Signal<string | undefined>;
  readonly again: () => Promise<void>;
  /** `shown`: the page as it is meant to become; what holds then is read from the server. */
  readonly change: (changes: Changes, shown?: PreferencePage) => Promise<boolean>;
  /** Whether more apps can be read than are shown. */
  readonly readMore: () => Promise<void>;
};

export function usePreferences(action: Action): Preferences {
  const pages = useSignal(1);
  const waiting = useRef(0);
  const read = useRead(
    async ({ read }) => {
      let found: PreferencePage | undefined;
      for (let n = 0; n < pages.peek() && found?.next !== null; n++) {
        const query = typeof found?.next === 'string' ? { after: found.next } : {};
        const page: PreferencePage | undefined = (await read.GET('/v1/me/preferences/page', { params: { query } })).data;
        if (page === undefined) return found;
        found = { ...page, apps: [...(found?.apps ?? []), ...page.apps] };
      }
      return found;
    },
    () => waiting.current === 0,
  );
  const page = read.value;
  return {
    page,
    failure: read.failure,
    again: read.again,
    change: async (changes, shown) => {
      const before = page.value;
      if (shown !== undefined) page.value = shown;
      waiting.current++;
      const isDone = await action.run(async () => session.value?.tidings.write.PUT('/v1/me/preferences', { body: changes }));
      waiting.current--;
      if (!isDone) page.value = before;
      if (waiting.current === 0) await read.again(); // what was chosen since stays as it is shown until it is told
      return isDone;
    },
    readMore: async () => {
      pages.value++;
      await read.again();
    },
  };
}
