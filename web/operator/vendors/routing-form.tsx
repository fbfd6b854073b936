/** The rules of the routing as JSON, as the command line takes them. What is wrong with them, the server says. */
import { CallFailed } from '../app/call.ts';
import type { Json, RoutingRule } from '../app/lines.ts';
import { textIn } from '../parts/form.ts';
import { t } from '../text/text.ts';

const ROWS = 14;
const INDENT = 2;

export const RoutingForm = ({ rules }: { readonly rules: readonly RoutingRule[] }) => (
  <label class="field">
    <span>{t('routing.rules')}</span>
    <textarea name="rules" class="code" rows={ROWS} spellcheck={false} defaultValue={JSON.stringify(rules, null, INDENT)} />
  </label>
);

/** Throws a `CallFailed` that says what isn't JSON. */
export function rulesIn(form: FormData): Json {
  try {
    return JSON.parse(textIn(form, 'rules')) as Json;
  } catch (error) {
    throw new CallFailed('bad-request', t('routing.noJson', { detail: (error as Error).message }));
  }
}
