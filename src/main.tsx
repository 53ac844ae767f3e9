import { createEngine } from './engine/index.ts';
import { engineOptions } from './store/keep/device.ts';
import { mount } from './ui/mount.tsx';

mount(document.getElementById('root'), createEngine(engineOptions()));
