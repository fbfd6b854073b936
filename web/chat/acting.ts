/** Does something that the server may refuse: then its sentence is told at the foot of chat. */
import { failureText, session, type Session } from '../app/session.ts';
import { say } from './said.ts';

type Write = Session['tidings']['write'];

/** Answers what came of it; undefined where it was refused. */
export async function act<Answer>(what: (write: Write) => Promise<Answer>): Promise<Answer | undefined> {
  const write = session.value?.tidings.write;
  if (write === undefined) return undefined;
  try {
    return await what(write);
  } catch (error) {
    say(failureText(error));
    return undefined;
  }
}

export const inChannel = (channel: string) => ({ params: { path: { channel } } });
export const ofMember = (channel: string, person: string) => ({ params: { path: { channel, person } } });
