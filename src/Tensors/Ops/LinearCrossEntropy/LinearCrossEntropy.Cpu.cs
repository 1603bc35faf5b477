using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private static void RunLinearCrossEntropy(ref LinearCrossEntropyJob job)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            LinearCrossEntropyBlocks<Gemm12<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>
                .Run(ref job);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LinearCrossEntropyBlocks<Gemm6<Lanes256, Vector256<float>>, Lanes256, Vector256<float>>
                .Run(ref job);
        }
        else if (AdvSimd.IsSupported)
        {
            LinearCrossEntropyBlocks<Gemm12<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Run(ref job);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            LinearCrossEntropyBlocks<Gemm6<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Run(ref job);
        }
        else
        {
            LinearCrossEntropyBlocks<Gemm6<Lanes1, float>, Lanes1, float>.Run(ref job);
        }
    }
}
