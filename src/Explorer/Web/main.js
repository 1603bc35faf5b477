// Where the page of the 0-layer experiment starts.

import { begin } from './begin.js';
import { report } from './data.js';
import { startZeroLayer } from './zero-layer.js';

begin(startZeroLayer, () => report().loss.checkpoints);
