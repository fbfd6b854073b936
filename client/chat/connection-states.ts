/** The phases of the connection to a gateway, as a complete table: what happens in each, and what the client does then. */
export type Phase =
  /** Nothing is wanted. */
  | 'closed'
  /** Asks which gateway to connect to, and opens the socket. */
  | 'connecting'
  /** The socket is open, and `hello` was sent. */
  | 'greeting'
  | 'live'
  /** Waits before it tries again. */
  | 'waiting'
  /** The device says that it has no network. */
  | 'offline'
  /** The gateway would refuse the same client again: somebody has to log in, or to mend it. */
  | 'ended';

export type Input = 'connect' | 'opened' | 'welcomed' | 'lost' | 'refused' | 'waited' | 'network-gone' | 'network-back' | 'close';
export type Effect = 'open' | 'greet' | 'begin' | 'wait' | 'drop' | 'nothing';

type Row = Readonly<Record<Input, readonly [Phase, Effect]>>;

const stay = (phase: Phase) => [phase, 'nothing'] as const;
const close = ['closed', 'drop'] as const;

export const TRANSITIONS: Readonly<Record<Phase, Row>> = {
  closed: row('closed', { connect: ['connecting', 'open'] }),
  connecting: row('connecting', {
    opened: ['greeting', 'greet'],
    lost: ['waiting', 'wait'],
    refused: ['ended', 'drop'],
    'network-gone': ['offline', 'drop'],
    close,
  }),
  greeting: row('greeting', { welcomed: ['live', 'begin'], lost: ['waiting', 'wait'], refused: ['ended', 'drop'], 'network-gone': ['offline', 'drop'], close }),
  live: row('live', { lost: ['waiting', 'wait'], refused: ['ended', 'drop'], 'network-gone': ['offline', 'drop'], close }),
  waiting: row('waiting', { waited: ['connecting', 'open'], 'network-gone': ['offline', 'drop'], 'network-back': ['connecting', 'open'], close }),
  offline: row('offline', { 'network-back': ['connecting', 'open'], connect: ['connecting', 'open'], close }),
  ended: row('ended', { connect: ['connecting', 'open'], close }),
};

function row(phase: Phase, changes: Partial<Row>): Row {
  const stays = stay(phase);
  return {
    connect: stays,
    opened: stays,
    welcomed: stays,
    lost: stays,
    refused: stays,
    waited: stays,
    'network-gone': stays,
    'network-back': stays,
    close: stays,
    ...changes,
  };
}
