import { benchSettings, runMigration } from './engine.mjs';

const { ms, totalMs, created } = await runMigration(benchSettings());
console.log(JSON.stringify({ ms, totalMs, created, peakKb: process.resourceUsage().maxRSS }));
