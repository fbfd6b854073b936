/** A button by which an operator does something: it says what will happen, asks why, and tells what became of it. */
import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { failureText, may, needsReason, operator } from '../app/session.ts';
import { textIn } from './form.ts';
import { t } from '../text/text.ts';

const REASON_CHARACTERS_MAX = 1_000;

/** What was done last, for everybody to see and for screen readers to hear. */
export const announcement = signal<string>('');

type ActionProps = {
  /** As the table of actions names it: who may not do it sees no button. */
  readonly action: string;
  /** Of the button, which is also the dialog's title. */
  readonly label: string;
  /** Tells buttons of the same word apart, for who doesn't see the row. */
  readonly about?: string;
  readonly warning?: string;
  readonly kind?: 'primary' | 'quiet';
  /** A reason that stands there already. */
  readonly reason?: string | undefined;
  /** Further fields, within the form. */
  readonly children?: ComponentChildren;
  /** Answers what to announce. Its failure is shown in the dialog. */
  readonly run: (asked: { readonly reason: string | undefined; readonly form: FormData }) => Promise<string>;
};

export function Action(props: ActionProps) {
  const { action, label, about, kind = 'quiet' } = props;
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  if (!may(action)) return null;
  const close = () => {
    isOpen.value = false;
    // The row may be gone with what was done.
    requestAnimationFrame(() => (button.current?.isConnected === true ? button.current : document.querySelector<HTMLElement>('main h1'))?.focus());
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={kind}
        onClick={() => (isOpen.value = true)}
        {...(about === undefined ? {} : { 'aria-label': `${label}: ${about}` })}
      >
        {label}
      </button>
      {isOpen.value && <ActionDialog {...props} onClose={close} />}
    </>
  );
}

function ActionDialog({ action, label, about, warning, reason: known = '', children, run, onClose }: ActionProps & { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const failure = useSignal<string | undefined>(undefined);
  const isRunning = useSignal(false);
  const id = useId();
  const mustSayWhy = needsReason(action);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (form: FormData) => {
    if (isRunning.value) return;
    isRunning.value = true;
    failure.value = undefined;
    const reason = textIn(form, 'reason');
    try {
      announcement.value = await run({ reason: reason === '' ? undefined : reason, form });
      dialog.current?.close();
    } catch (error) {
      failure.value = failureText(error);
    } finally {
      isRunning.value = false;
    }
  };
  return (
    <dialog
      ref={dialog}
      class="action-dialog"
      aria-labelledby={`${id}-title`}
      onClose={onClose}
      onCancel={(event) => isRunning.value && event.preventDefault()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <h2 id={`${id}-title`}>{label}</h2>
        {about !== undefined && <p class="about">{about}</p>}
        {warning !== undefined && <p>{warning}</p>}
        {children}
        <label class="field">
          <span>{t(mustSayWhy ? 'action.reason' : 'action.reasonOptional')}</span>
          <input name="reason" autocomplete="off" defaultValue={known} maxLength={REASON_CHARACTERS_MAX} required={mustSayWhy} />
        </label>
        <p class="hint">{t('action.by', { operator: operator.value?.operator ?? '' })}</p>
        <p class="form-failure" role="alert">
          {failure.value}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" aria-disabled={isRunning.value}>
            {isRunning.value ? t('action.running') : label}
          </button>
          <button type="button" class="quiet" onClick={() => !isRunning.value && dialog.current?.close()}>
            {t('action.cancel')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
