/** Changes what others learn of a person: whether the person is there, has received and has read something. */
import { preferences, privacyIn } from '../../domain/people/preferences.ts';
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { preferencesStream } from '../../domain/shared/streams.ts';
import { watchersTopicOf, type LiveHint } from '../../ports/broadcast/hints.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';

/** Gateways go by views, and by this hint until these know. */
export const changePrivacy =
  ({ handle, loadState, broadcast }: Uses<'broadcast'>) =>
  async ({ person, privacy }: { readonly person: PersonId; readonly privacy: Partial<Privacy> }, context: CommandContext) => {
    const stream = preferencesStream(person);
    const handled = await handle(preferences, stream, { type: 'change-privacy', privacy }, context);
    if (handled.outcome === 'appended' && !handled.repeated) {
      const { state } = await loadState(preferences, stream);
      broadcast.publish([person, watchersTopicOf(person)], { kind: 'privacy', person, privacy: privacyIn(state) } satisfies LiveHint);
    }
    return handled;
  };
