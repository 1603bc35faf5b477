namespace Vitrine.Tensors.Tests.Specs;

/// <summary>Tests that set the number of threads or count allocations, which others would
/// disturb.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>The questions every op answers while nothing else runs.</summary>
[Collection(nameof(Alone))]
public sealed class OpTheoriesAlone : IDisposable
{
    /// <summary>A tensor object, its storage and the finaliser's entry: what a call without a
    /// destination may allocate for each tensor it returns.</summary>
    private const int BytesPerNewTensor = 512;

    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<string> Names => OpTheories.Names;

    public static TheoryData<string, int> NamesByThreads()
    {
        var data = new TheoryData<string, int>();
        foreach (int threads in (int[])[1, 2])
        {
            foreach (TheoryDataRow<string> name in Names)
            {
                data.Add(name.Data, threads);
            }
        }

        return data;
    }

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bits_do_not_depend_on_the_number_of_threads(string op)
    {
        OpSpec spec = OpTheories.Named(op);
        foreach (OpCase sample in spec.Samples().Concat(spec.AtLength(OpSpec.LargePrime)))
        {
            WorkerPool.Threads = 1;
            Values expected = OpTheories.RunContiguous(sample);
            foreach (int threads in (int[])[2, 3, 8])
            {
                WorkerPool.Threads = threads;
                Tolerance.Exact.Check(
                    $"{op}, {sample.Name}, {threads} threads", expected,
                    OpTheories.RunContiguous(sample));
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesByThreads))]
    public void A_warm_call_allocates_nothing_but_the_tensors_it_returns(string op, int threads)
    {
        OpSpec spec = OpTheories.Named(op);
        WorkerPool.Threads = threads;
        foreach (OpCase sample in spec.Samples())
        {
            Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
            using Tensor<float>? into = sample.TakesInto
                ? sample.Reference(sample.Inputs).ToTensor()
                : null;
            // The least of some calls: while the JIT replaces code under a call, it allocates too,
            // and two pieces that happen to overlap for the first time rent two blocks.
            (long managed, long native) = (long.MaxValue, long.MaxValue);
            for (int i = 0; i < 8; i++)
            {
                long nativeBefore = Device.Cpu.NativeAllocations;
                long before = Allocated(threads);
                Call(sample, inputs, into);
                managed = Math.Min(managed, Allocated(threads) - before);
                native = Math.Min(native, Device.Cpu.NativeAllocations - nativeBefore);
            }

            int made = into is null ? sample.NewTensors : sample.NewTensors - 1;
            long allowed = made * BytesPerNewTensor;
            Assert.True(
                managed <= allowed,
                $"{op}, {sample.Name}, {threads} threads: {managed} bytes, allowed {allowed}.");
            Assert.True(
                native == 0,
                $"{op}, {sample.Name}, {threads} threads: {native} native allocations.");
        }
    }

    /// <summary>With workers, what all threads have allocated.</summary>
    private static long Allocated(int threads) => threads == 1
        ? GC.GetAllocatedBytesForCurrentThread()
        : GC.GetTotalAllocatedBytes(precise: true);

    private static void Call(OpCase sample, Tensor<float>[] inputs, Tensor<float>? into)
    {
        Tensor<float> result = sample.Run(inputs, into, false);
        if (into is null)
        {
            result.Dispose();
        }
    }
}
