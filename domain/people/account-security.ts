/**
 * What protects one person's account, as far as it is a fact: changes of the password, second factors, recovery codes. Their secrets are
 * in the vault and not here. Whether logging in needs a second factor is decided by this state.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { FactorId } from '../shared/ids.ts';
import { MINUTE_MS } from '../shared/instant.ts';
import type { AccountSecurityEvent, PasswordChangedBy } from './events.ts';
import type { FactorKind } from './factor-kinds.ts';
import { refusalIfAbsent, type UserState } from './user.ts';

export const SECOND_FACTORS_MAX = 10;
export const RECOVERY_CODES = 10;
/** From asking for a factor to confirming it. */
export const FACTOR_SETUP_LIFETIME_MS = 10 * MINUTE_MS;
/** From the password to the second factor. */
export const LOGIN_TICKET_LIFETIME_MS = 5 * MINUTE_MS;
/** Second factors that are tried with one ticket; then the password is asked for again. */
export const LOGIN_TICKET_TRIES_MAX = 5;

export type Factor = { readonly factor: FactorId; readonly kind: FactorKind };

export type AccountSecurityState = {
  /** The one added first first. */
  readonly factors: readonly Factor[];
};

/** `user` is the same person's: nothing of an erased person is protected any more. */
export type AccountSecurityCommand = { readonly user: UserState } & (
  | { readonly type: 'change-password'; readonly by: PasswordChangedBy }
  | ({ readonly type: 'add-factor' } & Factor)
  | { readonly type: 'remove-factor'; readonly factor: FactorId }
  | { readonly type: 'remove-all-factors' }
  | { readonly type: 'make-recovery-codes' }
  | { readonly type: 'use-recovery-code' }
);

export const accountSecurity: Decider<AccountSecurityState, AccountSecurityCommand, AccountSecurityEvent> = {
  initialState: { factors: [] },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.second-factor-added.v1':
        return { factors: [...state.factors, event.data] };
      case 'people.second-factor-removed.v1':
        return { factors: state.factors.filter(({ factor }) => factor !== event.data.factor) };
      case 'people.password-changed.v1':
      case 'people.recovery-codes-made.v1':
      case 'people.recovery-code-used.v1':
        return state;
    }
  },

  decide: (state, command) => {
    const absence = refusalIfAbsent(command.user);
    if (absence !== undefined) return absence;
    switch (command.type) {
      case 'change-password':
        return accept({ type: 'people.password-changed.v1', data: { by: command.by } });
      case 'add-factor':
        return addFactor(state, command);
      case 'remove-factor':
        return isFactor(state, command.factor) ? accept(removed(command.factor)) : refuse('second-factor-unknown');
      case 'remove-all-factors':
        return accept(...state.factors.map(({ factor }) => removed(factor)));
      case 'make-recovery-codes':
        return hasSecondFactor(state) ? accept({ type: 'people.recovery-codes-made.v1', data: {} }) : refuse('second-factor-unknown');
      case 'use-recovery-code':
        return accept({ type: 'people.recovery-code-used.v1', data: {} });
    }
  },
};

/** Whether logging in needs more than the password. */
export const hasSecondFactor = ({ factors }: AccountSecurityState): boolean => factors.length > 0;

export const isFactor = ({ factors }: AccountSecurityState, factor: FactorId): boolean => factors.some((one) => one.factor === factor);

function addFactor(state: AccountSecurityState, { factor, kind }: Factor): Decision<AccountSecurityEvent> {
  if (isFactor(state, factor)) return accept();
  if (state.factors.length >= SECOND_FACTORS_MAX) return refuse('second-factors-full', { max: SECOND_FACTORS_MAX });
  return accept({ type: 'people.second-factor-added.v1', data: { factor, kind } });
}

const removed = (factor: FactorId): AccountSecurityEvent => ({ type: 'people.second-factor-removed.v1', data: { factor } });
