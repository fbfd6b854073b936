/**
 * The owner of a push token. A phone keeps its token whoever logs in on it, so two accounts may register the same one: the last to do
 * so has it, and messages for the other are not sent to it any more. All claims of a token are in one stream, so the log orders them.
 */
import { accept, type Decider } from '../shared/decider.ts';
import { plus, type Instant } from '../shared/instant.ts';
import type { PushTokenEvent, PushTokenOwner } from './events.ts';

/** `none`: it was registered before claims were recorded, or never. */
export type PushTokenState = { readonly status: 'none' } | { readonly status: 'claimed'; readonly owner: PushTokenOwner; readonly at: Instant };

export type PushTokenCommand = PushTokenOwner & { readonly type: 'claim'; readonly at: Instant };

export const pushToken: Decider<PushTokenState, PushTokenCommand, PushTokenEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, { data: { person, device, endpoint, at } }) => ({ status: 'claimed', owner: { person, device, endpoint }, at }),

  decide: (state, { person, device, endpoint, at }) => {
    const owner = { person, device, endpoint };
    if (state.status === 'none') return accept({ type: 'people.push-token-claimed.v1', data: { ...owner, at } });
    if (isOwner(state, owner)) return accept();
    // Clocks of our machines differ, and what a claim takes away is what was registered before it.
    const later = at > state.at ? at : plus(state.at, 1);
    return accept({ type: 'people.push-token-claimed.v1', data: { ...owner, from: state.owner, at: later } });
  },
};

/** False where another device has claimed the token. */
export const mayUseToken = (state: PushTokenState, user: Omit<PushTokenOwner, 'endpoint'>): boolean =>
  state.status === 'none' || (state.owner.person === user.person && state.owner.device === user.device);

const isOwner = ({ owner }: Extract<PushTokenState, { status: 'claimed' }>, { person, device, endpoint }: PushTokenOwner): boolean =>
  owner.person === person && owner.device === device && owner.endpoint === endpoint;
