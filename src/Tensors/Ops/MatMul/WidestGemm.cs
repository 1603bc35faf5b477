using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Vitrine.Tensors;

/// <summary>A problem whose kernel is built on matrix tiles and written once for all of
/// them.</summary>
internal interface IGemmBody
{
    /// <summary>Solves it.</summary>
    void Run<TKernel, TLanes, T>()
        where TKernel : IGemmKernel
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>Solves a problem at the widest vectors the machine has, with the tile that fills its
/// registers; the JIT keeps one branch.</summary>
internal static class WidestGemm
{
    /// <param name="body">On the stack: kernels take its address.</param>
    public static void Run<TBody>(ref TBody body)
        where TBody : struct, IGemmBody
    {
        if (Vector512.IsHardwareAccelerated)
        {
            body.Run<Gemm12<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            body.Run<Gemm6<Lanes256, Vector256<float>>, Lanes256, Vector256<float>>();
        }
        else if (AdvSimd.IsSupported)
        {
            body.Run<Gemm12<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            body.Run<Gemm6<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>();
        }
        else
        {
            body.Run<Gemm6<Lanes1, float>, Lanes1, float>();
        }
    }
}
