using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Vitrine.Benchmarks.MatMulBenchmarks).Assembly).Run(args);
