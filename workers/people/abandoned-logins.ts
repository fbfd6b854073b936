/**
 * Frees abandoned login names. A name is claimed before its person exists, so a sign-up that is interrupted in between leaves a name
 * that is taken for ever. Each claim is open work until its person is registered; the sweeper frees those that stay.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import type { LoginEvent, UserEvent } from '../../domain/people/events.ts';
import { CLAIM_ABANDONED_MS } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';

const SWEPT_MAX = 1_000;

/** Id: the HMAC of the login name. */
export type OpenClaim = { readonly login: string; readonly person: PersonId; readonly claimedAt: Instant };

type Handled = LoginEvent | Extract<UserEvent, { type: 'people.registered.v1' }>;

export const openLoginClaims: TidingsReactor<Handled> = {
  kind: 'reactor',
  name: 'login-claims',
  version: 1,
  handles: ['people.login-claimed.v1', 'people.login-freed.v1', 'people.registered.v1'],
  after: [],
  indexes: { 'login-claims': [{ fields: ['claimedAt'] }] },
  openWork: (event, { 'login-claims': claims }) => {
    switch (event.type) {
      case 'people.login-claimed.v1': {
        const login = event.key;
        const { person, at: claimedAt } = event.data;
        claims?.update(login, event, () => ({ login, person, claimedAt }));
        return;
      }
      case 'people.login-freed.v1':
        claims?.update(event.key, event, () => undefined);
        return;
      case 'people.registered.v1':
        claims?.update(event.data.login, event, () => undefined);
        return;
    }
  },
  react: async () => undefined,
};

type Dependencies = {
  readonly openWork: OpenWork;
  readonly loadState: LoadState;
  readonly commands: Pick<Commands, 'freeAbandonedLogin'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'finish'>;
  readonly clock: () => Instant;
};

export const sweepAbandonedLogins = ({ openWork, loadState, commands, contextFor, progress, clock }: Dependencies): Sweep => ({
  name: 'abandoned-logins',
  everyMs: CLAIM_ABANDONED_MS / 2,
  sweep: async () => {
    const claims = await openWork.longestWaiting<OpenClaim>('login-claims', {
      field: 'claimedAt',
      until: plus(clock(), -CLAIM_ABANDONED_MS),
      limit: SWEPT_MAX,
    });
    for (const { login, person, claimedAt } of claims) {
      // With several logs the registration may have been seen before the claim: the log itself tells whether the person exists.
      if ((await loadState(user, userStream(person))).state.status === 'none') {
        await commands.freeAbandonedLogin(
          { login, person },
          freshContext({ contextFor, worker: 'abandoned-logins', type: 'free-login', body: { login, person }, at: clock() }),
        );
      }
      progress.finish('login-claims', login, { claimedAt });
    }
    return claims.length;
  },
});
