/** Fields that frames of clients and of the gateway have in common. */
import { z } from 'zod';

// A UUID may come in either case, and is lower case from here on. Only the id of a frame stays as it was sent, for the client looks for it in the answer.
export const channel = z.uuid().toLowerCase().meta({ description: 'A channel.' });
export const person = z.uuid().toLowerCase().meta({ description: 'A person.' });
export const seq = z.int().nonnegative().meta({ description: 'A place in the channel: gapless, from 0, over all its events.' });
export const instant = z.iso.datetime();
