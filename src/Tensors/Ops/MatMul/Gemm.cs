using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// The product around the kernel. The result is cut into pieces; whoever computes a piece goes
/// through its columns block of k by block. A block of b is packed into panels that stay in the
/// second-level cache; a's strips, as they lie or packed a few at a time, pass through the first,
/// where each meets all panels of the block. Nothing packed is shared between threads, and there is
/// one parallel loop. How k is cut depends on k alone, and each element is summed by one thread in
/// order: the bits do not depend on threads, packing or pieces.
/// </summary>
internal static unsafe class Gemm
{
    public static void Run<TKernel>(ref GemmProblem problem)
        where TKernel : IGemmKernel
    {
        var plan = new GemmPlan<TKernel>(problem);
        var pieces = new Pieces<TKernel>
        {
            Plan = &plan, Problem = (GemmProblem*)Unsafe.AsPointer(ref problem),
        };
        if (plan.IsSmall)
        {
            for (int piece = 0; piece < plan.Pieces; piece++)
            {
                pieces.Run(piece);
            }

            return;
        }

        WorkerPool.For(plan.Pieces, ref pieces);
    }

    private struct Pieces<TKernel> : IParallelBody
        where TKernel : IGemmKernel
    {
        public GemmPlan<TKernel>* Plan;
        public GemmProblem* Problem;

        public readonly void Run(int index) =>
            new GemmPiece<TKernel>(Plan, Problem, index).Compute();
    }
}
