/** Who operates the installation, by which role. A token is shown once, and never again. */
import { useSignal } from '@preact/signals';
import { ask, askOne } from '../app/call.ts';
import type { IssuedLine, OperatorLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { OPERATOR_ROLES } from '../app/names.ts';
import { Action } from '../parts/action.tsx';
import { Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { textIn } from '../parts/form.ts';
import { t } from '../text/text.ts';

const NAME_CHARACTERS_MAX = 100;

export function Operators() {
  const operators = useLive((signal) => ask('list-operators', {}, { signal }));
  const issued = useSignal<IssuedLine | undefined>(undefined);
  const show = async (line: IssuedLine, text: string) => {
    issued.value = line;
    await operators.refresh();
    return text;
  };
  const actionsOf = ({ operator, name, role }: OperatorLine) => {
    const about = name ?? operator;
    return (
      <span class="buttons">
        <Action
          action="set-operator-role"
          label={t('operators.changeRole')}
          about={about}
          run={async ({ reason, form }) => {
            await ask('set-operator-role', { operator, role: textIn(form, 'role') }, { reason });
            await operators.refresh();
            return t('operators.roleChanged');
          }}
        >
          <RoleField role={role} />
        </Action>
        <Action
          action="rotate-operator-token"
          label={t('operators.rotate')}
          about={about}
          warning={t('operators.rotateWarning')}
          run={async ({ reason }) => show(await askOne('rotate-operator-token', { operator }, { reason }), t('operators.rotated'))}
        />
        <Action
          action="remove-operator"
          label={t('operators.remove')}
          about={about}
          warning={t('operators.removeWarning')}
          run={async ({ reason }) => {
            await ask('remove-operator', { operator }, { reason });
            await operators.refresh();
            return t('operators.removed');
          }}
        />
      </span>
    );
  };
  return (
    <>
      <h2>{t('operators.title')}</h2>
      {issued.value !== undefined && <Token of={issued.value} onHide={() => (issued.value = undefined)} />}
      <Loaded of={operators}>
        {(rows) => (
          <Table<OperatorLine>
            label={t('operators.title')}
            rows={rows}
            keyOf={({ operator }) => operator}
            empty={t('operators.none')}
            columns={[
              { title: t('operators.name'), cell: ({ name, operator }) => <bdi>{name ?? operator}</bdi> },
              { title: t('operators.role'), cell: ({ role }) => <code>{role}</code> },
              { title: t('operators.added'), cell: ({ addedAt }) => <Time at={addedAt} /> },
              { title: t('operators.tokenFrom'), cell: ({ tokenFrom }) => <Time at={tokenFrom} /> },
              { title: t('app.actions'), cell: actionsOf },
            ]}
          />
        )}
      </Loaded>
      <Action
        action="add-operator"
        label={t('operators.add')}
        run={async ({ reason, form }) =>
          show(await askOne('add-operator', { name: textIn(form, 'name'), role: textIn(form, 'role') }, { reason }), t('operators.addedNow'))
        }
      >
        <label class="field">
          <span>{t('operators.name')}</span>
          <input name="name" required maxLength={NAME_CHARACTERS_MAX} autocomplete="off" />
        </label>
        <RoleField role="viewer" />
      </Action>
    </>
  );
}

const RoleField = ({ role }: { readonly role: string }) => (
  <label class="field">
    <span>{t('operators.role')}</span>
    <select name="role">
      {OPERATOR_ROLES.map((one) => (
        <option value={one} key={one} selected={one === role}>
          {one}
        </option>
      ))}
    </select>
  </label>
);

function Token({ of: { name, operator, token }, onHide }: { readonly of: IssuedLine; readonly onHide: () => void }) {
  return (
    <div class="shown" role="status">
      <p>{t('operators.token', { name: name ?? operator })}</p>
      <p>
        <code class="token">{token ?? t('operators.tokenShown')}</code>
      </p>
      <button type="button" class="quiet" onClick={onHide}>
        {t('operators.hideToken')}
      </button>
    </div>
  );
}
