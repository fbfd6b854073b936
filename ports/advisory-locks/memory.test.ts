import { advisoryLocksContract } from './contract.ts';
import { startMemoryAdvisoryLocks } from './memory.ts';

advisoryLocksContract('memory', startMemoryAdvisoryLocks);
