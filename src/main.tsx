import { createEngine } from './engine/index.ts';
import { mount } from './ui/mount.tsx';

mount(document.getElementById('root'), createEngine);
