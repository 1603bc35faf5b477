using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private static void MatMulCpu(
        Tensor<float> a, Tensor<float> b, float alpha, Tensor<float> into, bool accumulate)
    {
        if (into.Length > 0)
        {
            var problem = new GemmProblem(a, b, alpha, into, accumulate);
            MatMulCpu(ref problem);
        }
    }

    private static void MatMulCpu(ref GemmProblem problem)
    {
        if (problem.M == 0 || problem.N == 0)
        {
            return;
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Gemm.Run<Gemm12<Lanes512, Vector512<float>>>(ref problem);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Gemm.Run<Gemm6<Lanes256, Vector256<float>>>(ref problem);
        }
        else if (AdvSimd.IsSupported)
        {
            Gemm.Run<Gemm12<Lanes128, Vector128<float>>>(ref problem);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Gemm.Run<Gemm6<Lanes128, Vector128<float>>>(ref problem);
        }
        else
        {
            Gemm.Run<Gemm6<Lanes1, float>>(ref problem);
        }
    }
}
