using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private static void AttentionCpu(ref AttentionProblem problem)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            FusedAttention<Gemm12<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>
                .Forward(ref problem);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FusedAttention<Gemm6<Lanes256, Vector256<float>>, Lanes256, Vector256<float>>
                .Forward(ref problem);
        }
        else if (AdvSimd.IsSupported)
        {
            FusedAttention<Gemm12<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Forward(ref problem);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FusedAttention<Gemm6<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Forward(ref problem);
        }
        else
        {
            FusedAttention<Gemm6<Lanes1, float>, Lanes1, float>.Forward(ref problem);
        }
    }

    private static void AttentionBackwardCpu(ref AttentionProblem problem)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            FusedAttention<Gemm12<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>
                .Backward(ref problem);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FusedAttention<Gemm6<Lanes256, Vector256<float>>, Lanes256, Vector256<float>>
                .Backward(ref problem);
        }
        else if (AdvSimd.IsSupported)
        {
            FusedAttention<Gemm12<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Backward(ref problem);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FusedAttention<Gemm6<Lanes128, Vector128<float>>, Lanes128, Vector128<float>>
                .Backward(ref problem);
        }
        else
        {
            FusedAttention<Gemm6<Lanes1, float>, Lanes1, float>.Backward(ref problem);
        }
    }
}
