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
    [MemberData(nameof(Names))]
    public void A_warm_call_allocates_nothing_but_the_tensors_it_returns(string op)
    {
        OpSpec spec = OpTheories.Named(op);
        WorkerPool.Threads = 1;
        foreach (OpCase sample in spec.Samples())
        {
            Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
            using Tensor<float>? into = sample.TakesInto
                ? sample.Reference(sample.Inputs).ToTensor()
                : null;
            // The least of some calls: while the JIT replaces code under a call, it allocates too.
            long allocated = long.MaxValue;
            long native = 0;
            for (int i = 0; i < 8; i++)
            {
                native = Device.Cpu.NativeAllocations;
                long before = GC.GetAllocatedBytesForCurrentThread();
                Call(sample, inputs, into);
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            long allowed = into is null ? sample.NewTensors * BytesPerNewTensor : 0;
            Assert.True(
                allocated <= allowed,
                $"{op}, {sample.Name}: {allocated} bytes, allowed {allowed}.");
            Assert.Equal(native, Device.Cpu.NativeAllocations);
        }
    }

    private static void Call(OpCase sample, Tensor<float>[] inputs, Tensor<float>? into)
    {
        Tensor<float> result = sample.Run(inputs, into, false);
        if (into is null)
        {
            result.Dispose();
        }
    }
}
