// Some tests read the pool's counters, which tests at their side would change.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
