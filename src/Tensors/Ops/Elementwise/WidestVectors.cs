using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>The pieces of a parallel kernel that is written once for every vector width.</summary>
internal interface IVectorBody
{
    /// <summary>Does piece number <paramref name="index"/>.</summary>
    void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>An update of contiguous memory, element by element.</summary>
internal interface IVectorUpdate
{
    /// <summary>Updates the vector at element <paramref name="i"/>.</summary>
    void Update<TLanes, T>(long i)
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>Runs a kernel's pieces at the widest vectors the machine has; the JIT keeps one
/// branch.</summary>
internal static class WidestVectors
{
    public static void For<TBody>(long count, TBody body)
        where TBody : struct, IVectorBody
    {
        var pieces = new Pieces<TBody>(body);
        WorkerPool.For(checked((int)count), ref pieces);
    }

    /// <summary>Updates every element, in parallel over blocks.</summary>
    public static void ForEach<TUpdate>(long length, TUpdate update)
        where TUpdate : struct, IVectorUpdate =>
        For(
            (length + Blocks<TUpdate>.Length - 1) / Blocks<TUpdate>.Length,
            new Blocks<TUpdate>(length, update));

    private readonly struct Blocks<TUpdate>(long length, TUpdate update) : IVectorBody
        where TUpdate : struct, IVectorUpdate
    {
        public const int Length = 16 * 1024;

        public void Run<TLanes, T>(int index)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            long i = (long)index * Length;
            long last = Math.Min(i + Length, length);
            for (; i <= last - TLanes.Count; i += TLanes.Count)
            {
                update.Update<TLanes, T>(i);
            }

            for (; i < last; i++)
            {
                update.Update<Lanes1, float>(i);
            }
        }
    }

    private struct Pieces<TBody>(TBody body) : IParallelBody
        where TBody : struct, IVectorBody
    {
        private TBody _body = body;

        public void Run(int index)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                _body.Run<Lanes512, Vector512<float>>(index);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                _body.Run<Lanes256, Vector256<float>>(index);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                _body.Run<Lanes128, Vector128<float>>(index);
            }
            else
            {
                _body.Run<Lanes1, float>(index);
            }
        }
    }
}
