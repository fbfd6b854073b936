/** What the operator's page says. What the system has names for, such as states and actions, is told by these names, as in the log and the command line. */
import { speakerOf } from '../../text/language.ts';
import { en, type OperatorKey } from './en.ts';
import { ko } from './ko.ts';

export const t = speakerOf<OperatorKey>({ en, ko });
