/** What the forms of the settings are made of. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../text/text.ts';
import type { Action } from './action.ts';

type SectionProps = { readonly title: string; readonly hint?: string; readonly children: ComponentChildren };

export function Section({ title, hint, children }: SectionProps) {
  const id = useId();
  return (
    <section class="setting" aria-labelledby={id} tabIndex={-1}>
      <h2 id={id}>{title}</h2>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </section>
  );
}

/** What became of it, beside the button that it belongs to. */
export function Outcome({ of: { failure, isDone }, done = t('settings.saved') }: { readonly of: Action; readonly done?: string }) {
  return (
    <>
      <span class="hint" role="status">
        {isDone.value && done}
      </span>
      <p class="form-failure" role="alert">
        {failure}
      </p>
    </>
  );
}

type SettingFormProps = {
  readonly action: Action;
  readonly button: string;
  readonly onSend: (fields: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly done?: string;
  readonly isReset?: boolean;
  /** What it does can't be undone. */
  readonly isFinal?: boolean;
  readonly children: ComponentChildren;
};

/** What was refused stays as it was typed. */
export function SettingForm({ action, button, onSend, done, isReset = false, isFinal = false, children }: SettingFormProps) {
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (action.isRunning.value) return; // what is sent isn't sent again
    const form = event.currentTarget as HTMLFormElement;
    const fields = Object.fromEntries(new FormData(form)) as Readonly<Record<string, string>>;
    if ((await action.run(() => onSend(fields))) && isReset) form.reset();
  };
  return (
    <form class="setting-form" onSubmit={(event) => void send(event)}>
      {children}
      <div class="setting-end">
        <button type="submit" class={isFinal ? 'primary danger' : 'primary'} aria-disabled={action.isRunning.value}>
          {button}
        </button>
        <Outcome of={action} {...(done === undefined ? {} : { done })} />
      </div>
    </form>
  );
}

type SwitchProps = {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
};

export function Switch({ label, hint, isOn, isDisabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <input
        type="checkbox"
        id={id}
        checked={isOn}
        disabled={isDisabled}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange?: (value: string) => void;
  readonly name?: string;
};

export function Choice({ label, value, options, onChange, name }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} value={value} onChange={({ currentTarget }) => onChange?.(currentTarget.value)}>
        {options.map(([option, text]) => (
          <option value={option} key={option} disabled={option === ''}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Of the person's own clock, in a form that a machine reads: `21:30`. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
