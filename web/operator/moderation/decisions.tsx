/** What a moderator can do about a case, by what it is about. */
import { ask, CallFailed } from '../app/call.ts';
import type { Json } from '../app/lines.ts';
import { PROFILE_PARTS, VIOLATIONS } from '../app/names.ts';
import { Action } from '../parts/action.tsx';
import { textIn } from '../parts/form.ts';
import { t } from '../text/text.ts';

const ROWS = 3;
const TEXT_CHARACTERS_MAX = 2_000;

type DecisionsProps = {
  readonly id: string;
  /** The person whose it is. */
  readonly about: string | undefined;
  /** Why the moderator looked. */
  readonly reason: string;
  readonly onDecided: () => Promise<void>;
};
type Decision = 'hide-post' | 'restore-post' | 'suspend-person' | 'clear-profile' | 'dismiss-case';
type Asked = { readonly reason: string | undefined; readonly form: FormData };

export function Decisions({ id, about, reason: known, onDecided }: DecisionsProps) {
  const decide =
    (decision: Decision, requestOf: (form: FormData) => { readonly [field: string]: Json }) =>
    async ({ reason, form }: Asked) => {
      await ask(decision, requestOf(form), { reason });
      await onDecided();
      return t('cases.decided');
    };
  const isPost = /^(post|media):/.test(id);
  const common = { reason: known, about: id };
  return (
    <div class="buttons">
      <Action
        {...common}
        action="dismiss-case"
        label={t('decide.dismiss')}
        warning={t('decide.dismissWarning')}
        run={decide('dismiss-case', () => ({ case: id }))}
      />
      {isPost && (
        <>
          <Action
            {...common}
            action="hide-post"
            label={t('decide.hide')}
            warning={t('decide.hideWarning')}
            run={decide('hide-post', (form) => ({ case: id, ...groundsIn(form) }))}
          >
            <Grounds />
          </Action>
          <Action
            {...common}
            action="restore-post"
            label={t('decide.restore')}
            warning={t('decide.restoreWarning')}
            run={decide('restore-post', () => ({ case: id }))}
          />
        </>
      )}
      {about !== undefined && (
        <Action
          {...common}
          action="suspend-person"
          label={t('decide.suspend')}
          warning={t('decide.suspendWarning')}
          run={decide('suspend-person', (form) => ({ person: about, case: id, ...groundsIn(form), ...untilIn(form) }))}
        >
          <Grounds />
          <label class="field">
            <span>{t('decide.until')}</span>
            <input type="datetime-local" name="until" />
          </label>
        </Action>
      )}
      {id.startsWith('person:') && about !== undefined && (
        <Action
          {...common}
          action="clear-profile"
          label={t('decide.clear')}
          warning={t('decide.clearWarning')}
          run={decide('clear-profile', (form) => ({ person: about, parts: partsIn(form) }))}
        >
          <fieldset>
            <legend>{t('decide.parts')}</legend>
            {PROFILE_PARTS.map((part) => (
              <label key={part} class="choice">
                <input type="checkbox" name="part" value={part} /> {t(`decide.part.${part}`)}
              </label>
            ))}
          </fieldset>
        </Action>
      )}
    </div>
  );
}

const Grounds = () => (
  <>
    <label class="field">
      <span>{t('cases.violation')}</span>
      <select name="violation">
        {VIOLATIONS.map((violation) => (
          <option value={violation} key={violation}>
            {violation}
          </option>
        ))}
      </select>
    </label>
    <label class="field">
      <span>{t('decide.tell')}</span>
      <textarea name="statement" rows={ROWS} maxLength={TEXT_CHARACTERS_MAX} dir="auto" />
    </label>
  </>
);

function groundsIn(form: FormData): { readonly [field: string]: Json } {
  const statement = textIn(form, 'statement');
  return { violation: textIn(form, 'violation'), ...(statement === '' ? {} : { statement }) };
}

function untilIn(form: FormData): { readonly [field: string]: Json } {
  const until = textIn(form, 'until');
  return until === '' ? {} : { until: new Date(until).toISOString() };
}

function partsIn(form: FormData): readonly string[] {
  const parts = form.getAll('part').map(String);
  if (parts.length === 0) throw new CallFailed('bad-request', t('decide.noParts'));
  return parts;
}
