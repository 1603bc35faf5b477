// Some tests read the pool's counters, which tests at their side would change.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
